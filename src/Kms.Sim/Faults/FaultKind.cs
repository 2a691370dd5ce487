namespace Kms.Sim.Faults;

/// <summary>Everything that can go wrong. What <see cref="PlannedFault"/>'s numbers mean is said here.</summary>
internal enum FaultKind
{
    /// <summary>Nodes whose bit is set in Amount are cut off from the others.</summary>
    Partition,

    /// <summary>Node sends to Other, nothing arrives; the way back works.</summary>
    CutOneWay,

    /// <summary>Node is cut off from all peers; apps reach it.</summary>
    Isolate,

    /// <summary>Node is cut off from everybody, apps too.</summary>
    Unplug,

    /// <summary>Two halves that only Node connects.</summary>
    Bridge,

    /// <summary>Links of a random set of nodes clog one after the other and unclog in another order.</summary>
    SwizzleClog,

    /// <summary>Amount: extra milliseconds on every link.</summary>
    Delay,

    /// <summary>Amount: percent lost on every link.</summary>
    Loss,

    /// <summary>Amount: percent doubled on every link between nodes: an app's request goes over one connection.</summary>
    Duplicate,

    /// <summary>Amount: milliseconds of jitter on every link.</summary>
    Reorder,

    /// <summary>Node answers its peers with damaged bytes.</summary>
    Lie,

    /// <summary>Amount: depth; Other: 0 re-included at once, 1 later, 2 dropped.</summary>
    Reorg,

    /// <summary>No blocks.</summary>
    Stall,

    /// <summary>All endpoints of Node say "not found" to the newest blocks.</summary>
    Withhold,

    /// <summary>All endpoints of Node stop at a head that is Amount blocks old.</summary>
    OldHead,

    /// <summary>One endpoint of Node follows another fork, Amount deep.</summary>
    Fork,

    /// <summary>One endpoint of Node trails by Amount blocks.</summary>
    Lag,

    /// <summary>All endpoints of Node are silent.</summary>
    ChainDown,

    /// <summary>Node's name resolves to public and hostile addresses in turn.</summary>
    Rebind,

    /// <summary>Node dies; a new identity boots after ForMs. Amount 1: the platform stops the old instance, 0: it stays as a ghost.</summary>
    Crash,

    /// <summary>Node dies and starts at once in the same enclave: same wallet, empty memory.</summary>
    RestartInPlace,

    /// <summary>Node does nothing for a while, then goes on as if nothing happened.</summary>
    Pause,

    OdynFails,
    OdynHangs,

    /// <summary>Amount: extra milliseconds.</summary>
    OdynSlow,
    OdynConstantRandomness,
    OdynRepeatedRandomness,
    OdynImpostor,
    OdynWrongMeasurement,
    OdynStaleDocument,
    OdynDebugMode,
    OdynGarbage,

    /// <summary>Node's wall clock jumps by Amount seconds.</summary>
    ClockStep,

    /// <summary>App number Other stops being ACTIVE.</summary>
    RevokeApp,

    /// <summary>The instance of app number Other stops.</summary>
    StopAppInstance,

    /// <summary>The platform stops Node's instance.</summary>
    RevokeNode,

    /// <summary>The owner asks for the next epoch.</summary>
    Rotate,

    /// <summary>The host sends captured requests again.</summary>
    Replay,

    /// <summary>The host pairs proofs with other requests' envelopes.</summary>
    Swap,

    /// <summary>Amount nonces per second are asked of Node.</summary>
    NonceFlood,

    /// <summary>An eligible stranger proposes hashes that it never hands over, Amount times.</summary>
    Grief,

    /// <summary>Node has no ether.</summary>
    Unfunded,

    /// <summary>Node answers handovers with a secret of its own, well attested and signed. Amount 1: in plaintext.</summary>
    Rogue,

    /// <summary>Apps write the same keys at Node and at Other at the same instants, Amount times.</summary>
    Twins,

    /// <summary>Strangers ask Node for /nodes and /status, Amount times a second.</summary>
    Questions,

    /// <summary>Node's host answers other nodes with redirects to where nobody may dial.</summary>
    Redirect,

    /// <summary>The owner makes epoch Amount the default, by schedule.</summary>
    DefaultEpoch,

    /// <summary>The owner retires epoch Amount, by schedule.</summary>
    Retire,

    /// <summary>Node is asked to stop, as by its operator; a new identity boots after ForMs.</summary>
    Stop,

    /// <summary>Node's host accepts connections and says nothing until the caller gives up.</summary>
    Silent,

    /// <summary>Node's answers come byte by byte and are complete after Amount milliseconds.</summary>
    Trickle,

    /// <summary>Node's answers are valid in form and hostile in content. Amount 0: only an object whose name is half a surrogate
    /// pair, on /status and /nonce; 1: every answer, its structure mutated and signed again.</summary>
    Hostile,

    /// <summary>Amount members join that accept connections and never say a word; they stay.</summary>
    SilentMembers,

    /// <summary>Node's endpoints answer Amount percent of all calls with an error, too late, or after the fact. Node -1: all nodes'.</summary>
    RpcErrors,

    /// <summary>Node's endpoints accept transactions and drop them. Node -1: all nodes'.</summary>
    RpcSwallows,

    /// <summary>Block producers leave what nodes sent lying in the mempool; all of it is due when it ends.</summary>
    ProducersWait,

    /// <summary>Node's endpoints know of no receipt. Node -1: all nodes'.</summary>
    RpcDeniesReceipts,

    /// <summary>Node's endpoints fail every estimate as if the call reverted, without a reason. Node -1: all nodes'.</summary>
    RpcRefusesEstimates,

    /// <summary>Node's endpoints show fresh latest heads, and the final one of the moment it began. Node -1: all nodes'.</summary>
    FinalStandsStill,

    /// <summary>Node's endpoints show the newest block of the moment it began for a minute, and are "out of sync" then. Node -1: all nodes'.</summary>
    HeadStandsStill,

    /// <summary>The platform's registry answers Node with zeros. Node -1: everybody.</summary>
    ZeroedRegistry,

    /// <summary>The KMS's app is INACTIVE, then ACTIVE again.</summary>
    PauseKms,

    /// <summary>The KMS's app is REVOKED, then ACTIVE again.</summary>
    RevokeKms,

    /// <summary>The nodes' version is REVOKED, then DEPRECATED.</summary>
    RevokeVersion,

    /// <summary>The owner removes the nodes' measurement by schedule, and adds it again by schedule.</summary>
    RemoveMeasurement,

    /// <summary>The guardian suspends the nodes' measurement; the owner lifts it.</summary>
    SuspendMeasurement,

    /// <summary>The owner makes the confirmation target Amount, by schedule.</summary>
    SetTarget,

    /// <summary>Amount of a thousand calls of any port of Node throw what no contract names.</summary>
    PortsThrow,

    /// <summary>Amount of a thousand calls back to Node's embedder throw.</summary>
    EmbedderThrows,

    /// <summary>Calls back to Node's embedder do not come back for Amount milliseconds; all do when ForMs is over.</summary>
    EmbedderBlocks,

    /// <summary>A host with the auxiliary ports of genuine enclaves and the right to register asks for the secret, Amount times.</summary>
    AuxiliaryPort,

    /// <summary>Node's host answers apps in its place, without its signature.</summary>
    Forge,
}
