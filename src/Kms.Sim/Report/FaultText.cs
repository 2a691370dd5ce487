using System.Globalization;
using Kms.Sim.Faults;

namespace Kms.Sim.Report;

/// <summary>A planned fault in words that need no knowledge of the sources.</summary>
internal static class FaultText
{
    public static string Describe(PlannedFault fault, int nodes)
    {
        var when = fault.After switch
        {
            FaultTrigger.Proposed => $"{Seconds(fault.AtMs)} after the first proposal: ",
            FaultTrigger.Confirmed => $"{Seconds(fault.AtMs)} after the first confirmation: ",
            FaultTrigger.Activated => $"{Seconds(fault.AtMs)} after an epoch became active: ",
            FaultTrigger.FirstReady => $"{Seconds(fault.AtMs)} after the first node was ready: ",
            _ => string.Empty,
        };
        return $"{when}{What(fault, nodes)}{(fault.ForMs > 0 ? $", for {Seconds(fault.ForMs)}" : string.Empty)}";
    }

    private static string What(PlannedFault fault, int nodes)
    {
        var node = fault.Node >= 0 ? Node(fault.Node) : "whoever did it";
        return fault.Kind switch
        {
            FaultKind.Partition => $"{Members(fault.Amount, nodes)} cut off from the other nodes",
            FaultKind.CutOneWay => $"nothing that {node} sends to {Node(fault.Other)} arrives",
            FaultKind.Isolate => $"{node} is cut off from all other nodes; apps still reach it",
            FaultKind.Unplug => $"{node} is cut off from everybody",
            FaultKind.Bridge => $"two halves of the cluster that only {node} connects",
            FaultKind.SwizzleClog => "links clog one after the other and unclog in another order",
            FaultKind.Delay => $"every message between nodes takes {Milliseconds(fault.Amount)} longer",
            FaultKind.Loss => $"{fault.Amount} % of the messages between nodes are lost",
            FaultKind.Duplicate => $"{fault.Amount} % of the messages between nodes arrive twice",
            FaultKind.Reorder => $"messages between nodes overtake each other by up to {Milliseconds(fault.Amount)}",
            FaultKind.Lie => $"answers of {node} to other nodes arrive damaged",
            FaultKind.Reorg => $"the newest {fault.Amount} blocks are replaced; the nodes' transactions come back {Style(fault.Other)}",
            FaultKind.Stall => "no new blocks",
            FaultKind.Withhold => $"{node}'s view of the chain says \"not found\" to every newer block",
            FaultKind.OldHead => $"{node} is shown a chain that ended {fault.Amount} blocks ago",
            FaultKind.Fork => $"one of {node}'s endpoints follows another fork, {fault.Amount} blocks deep",
            FaultKind.Lag => $"one of {node}'s endpoints trails by {fault.Amount} blocks",
            FaultKind.ChainDown => $"{node} cannot reach the chain",
            FaultKind.Rebind => $"the name of {node} resolves to its address once and to a forbidden one the next time",
            FaultKind.Crash => $"{node} dies; a new identity with empty memory starts in its place",
            FaultKind.RestartInPlace => $"{node} restarts in its enclave: same wallet, empty memory",
            FaultKind.Pause => $"{node} stands still, then goes on as if nothing had happened",
            FaultKind.OdynFails => $"{node}'s enclave supervisor answers with errors",
            FaultKind.OdynHangs => $"{node}'s enclave supervisor does not answer",
            FaultKind.OdynSlow => $"{node}'s enclave supervisor takes {Milliseconds(fault.Amount)} longer",
            FaultKind.OdynConstantRandomness => $"{node}'s enclave supervisor gives zeros for randomness",
            FaultKind.OdynRepeatedRandomness => $"{node}'s enclave supervisor gives the same randomness again and again",
            FaultKind.OdynImpostor => $"{node}'s enclave supervisor shows another wallet and key",
            FaultKind.OdynWrongMeasurement => $"{node}'s enclave attests other code than the chain names",
            FaultKind.OdynStaleDocument => $"{node}'s enclave attests with an old document",
            FaultKind.OdynDebugMode => $"{node}'s enclave attests in debug mode",
            FaultKind.OdynGarbage => $"{node}'s enclave attests with garbage",
            FaultKind.ClockStep => $"the host sets {node}'s wall clock by {fault.Amount} s",
            FaultKind.RevokeApp => $"app {fault.Other + 2} loses its rights on the chain",
            FaultKind.StopAppInstance => $"the instance of app {fault.Other + 2} is stopped on the chain",
            FaultKind.RevokeNode => $"{node} is removed from the cluster on the chain",
            FaultKind.Rotate => "the owner asks for the next epoch's secret",
            FaultKind.Replay => "the host sends requests again that it saw before",
            FaultKind.Swap => "the host puts other requests' envelopes under proofs that pass by",
            FaultKind.NonceFlood => $"strangers ask {node} for {fault.Amount} nonces a second",
            FaultKind.Grief => $"a member proposes {fault.Amount} times what it never hands over",
            FaultKind.AuxiliaryPort => $"the host asks {fault.Amount} times for the secret with documents of auxiliary ports",
            FaultKind.Unfunded => $"{node} has no ether",
            FaultKind.Rogue => $"{node} hands over another secret than the chain names{(fault.Amount == 1 ? ", in plaintext" : string.Empty)}",
            FaultKind.Twins => $"apps write the same keys at {node} and at {Node(fault.Other)} at the same instants",
            FaultKind.Questions => $"strangers ask {node} {fault.Amount} questions a second",
            FaultKind.Redirect => $"the host of {node} answers other nodes with redirects to a metadata service",
            FaultKind.DefaultEpoch => $"the owner makes epoch {fault.Amount} the default",
            FaultKind.Retire => $"the owner retires epoch {fault.Amount}",
            FaultKind.Stop => $"{node} is asked to stop; a new identity with empty memory starts in its place",
            FaultKind.Silent => $"the host of {node} accepts connections and says nothing",
            FaultKind.Trickle => $"answers of {node} come byte by byte and take {Milliseconds(fault.Amount)}",
            FaultKind.Hostile => $"{node} answers with valid {(fault.Amount == 0 ? "JSON whose name is half a character" : "structures of hostile content")}",
            FaultKind.Forge => $"the host of {node} answers apps in its place, without its signature",
            FaultKind.SilentMembers => $"{fault.Amount} members join that accept connections and say nothing",
            FaultKind.RpcErrors => $"{Owner(fault)} endpoints answer {fault.Amount} % of all calls with errors",
            FaultKind.RpcSwallows => $"{Owner(fault)} endpoints accept transactions and drop them",
            FaultKind.ProducersWait => "block producers leave the nodes' transactions lying",
            FaultKind.RpcDeniesReceipts => $"{Owner(fault)} endpoints know of no receipt",
            FaultKind.RpcRefusesEstimates => $"{Owner(fault)} endpoints say that every call would revert",
            FaultKind.FinalStandsStill => $"{Owner(fault)} endpoints show new blocks, but the same final one",
            FaultKind.HeadStandsStill => $"{Owner(fault)} endpoints show no newer block, and are out of sync after a minute",
            FaultKind.ZeroedRegistry => $"{Owner(fault)} endpoints read zeros from the platform's registry",
            FaultKind.PauseKms => "the owner pauses the KMS's app",
            FaultKind.RevokeKms => "the platform revokes the KMS's app, then the platform and the owner take that back",
            FaultKind.RevokeVersion => "the platform revokes the nodes' version, then the owner deprecates it",
            FaultKind.RemoveMeasurement => "the owner removes the nodes' code measurement, then adds it again",
            FaultKind.SuspendMeasurement => "the guardian suspends the nodes' code measurement, then the owner lifts it",
            FaultKind.SetTarget => $"the owner makes {fault.Amount} the confirmation target",
            FaultKind.PortsThrow => $"{fault.Amount} of a thousand calls that {node} makes into its world throw",
            FaultKind.EmbedderBlocks => $"calls back to the embedder of {node} come back after {fault.Amount} ms",
            FaultKind.EmbedderThrows => $"{fault.Amount} of a thousand calls back to the embedder of {node} throw",
            _ => fault.ToString(),
        };
    }

    private static string Node(int index) => Network.SimNetwork.Lane(index);

    private static string Owner(PlannedFault fault) => fault.Node < 0 ? "all nodes'" : Node(fault.Node) + "'s";

    private static string Members(int bits, int nodes)
    {
        var names = Enumerable.Range(0, nodes).Where(node => ((bits >> node) & 1) == 1).Select(Node).ToArray();
        return names.Length == 1 ? names[0] + " is" : string.Join(", ", names) + " are";
    }

    private static string Style(int style) => style switch { 0 => "at once", 1 => "later", _ => "never" };

    private static string Milliseconds(int value) => string.Create(CultureInfo.InvariantCulture, $"{value} ms");

    private static string Seconds(long milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000.0:0.#} s");
}
