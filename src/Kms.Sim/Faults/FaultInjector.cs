using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Sim.Chain;
using Kms.Sim.Enclave;
using Kms.Sim.Kernel;
using Kms.Sim.Network;
using Kms.Sim.World;

namespace Kms.Sim.Faults;

/// <summary>Carries a plan out, and heals what has a duration.</summary>
internal sealed class FaultInjector
{
    /// <summary>Governance that has to be repaired first takes some.</summary>
    private const int RegisterAfterBlocks = 8;

    private readonly SimWorld _world;
    private readonly SimRandom _random;
    private readonly Attacker _attacker;
    private readonly LinkFaults _links;
    private readonly List<PlannedFault> _waiting = [];
    private readonly List<WalletAddress> _griefers = [];
    private int _identities;
    private int _silent;
    private bool _isOver;

    public FaultInjector(SimWorld world, IReadOnlyList<PlannedFault> plan, SimRandom random)
    {
        _world = world;
        _random = random;
        _links = new LinkFaults(world, random);
        _attacker = new Attacker(world, random.Fork("attacker"));
        world.Milestone += OnMilestone;
        foreach (var fault in plan)
        {
            if (fault.After == FaultTrigger.None)
            {
                world.Loop.After(TimeSpan.FromMilliseconds(fault.AtMs), () => Strike(fault));
            }
            else
            {
                _waiting.Add(fault);
            }
        }
    }

    /// <summary>Faults whose milestone was not reached before the end.</summary>
    public IReadOnlyList<FaultKind> NeverDue { get; private set; } = [];

    /// <summary>Whether a fault of this kind is left out where it would take the last holder of a secret.</summary>
    public static bool MayBeSkipped(FaultKind kind) =>
        kind is FaultKind.Crash or FaultKind.Stop or FaultKind.RestartInPlace or FaultKind.RevokeNode or FaultKind.OdynImpostor;

    /// <summary>Ends everything that can end: after this only what was destroyed stays so.</summary>
    public void HealAll()
    {
        _isOver = true;
        NeverDue = [.. _waiting.Select(fault => fault.Kind)];
        _waiting.Clear();
        _world.Network.Heal();
        _world.StalledUntil = TimeSpan.Zero;
        _world.Ledger.ProducersWait = false;
        foreach (var slot in _world.Slots)
        {
            bool impostor = slot.OdynFaults.Impostor is not null;
            HealNode(slot);
            if (impostor)
            {
                Restart(slot.Index);
            }

            slot.Current?.Life.Resume();
            if (slot.Current is null)
            {
                Reboot(slot.Index);
            }
        }

        PlatformFaults.Repair(_world);
        GriefedEpochs.Cure(_world, _griefers);
        _world.Loop.After(TimeSpan.FromMilliseconds(RegisterAfterBlocks * _world.Options.BlockMs), RegisterTheUnknown);
        _world.Log.Add("heal", "world", "all faults end");
    }

    /// <summary>Who was born while the platform took nobody.</summary>
    private void RegisterTheUnknown()
    {
        foreach (var slot in _world.Alive.Where(slot => _world.Ledger.Head.State.Apps.FindByWallet(slot.Current!.Wallet) is null))
        {
            _world.Register(slot.Current!.Keys, slot.Url);
        }
    }

    private void OnMilestone(FaultTrigger trigger, WalletAddress who)
    {
        foreach (var fault in _waiting.Where(one => one.After == trigger).ToArray())
        {
            _waiting.Remove(fault);
            int node = fault.Node >= 0 ? fault.Node : _world.Slots.FirstOrDefault(slot => slot.Current?.Wallet == who)?.Index ?? 0;
            _world.Loop.After(TimeSpan.FromMilliseconds(fault.AtMs), () => Strike(fault with { Node = node }));
        }
    }

    private void Strike(PlannedFault fault)
    {
        if (_isOver)
        {
            return;
        }

        if (MayBeSkipped(fault.Kind) && WouldLoseTheCluster(fault.Node))
        {
            _world.Log.Add("fault skipped", "world", fault.ToString());
            return;
        }

        _world.Log.Add("fault", "world", fault.ToString());
        _world.Log.Occurred($"fault {fault.Kind}");
        var heal = Apply(fault);
        if (fault.Node >= 0 && fault.Node < _world.Slots.Count)
        {
            _world.Slots[fault.Node].DisturbedUntil = fault.ForMs > 0 ? TimeSpan.MaxValue : _world.Loop.Now;
        }

        if (heal is not null && fault.ForMs > 0)
        {
            _world.Loop.After(TimeSpan.FromMilliseconds(fault.ForMs), () =>
            {
                if (_isOver)
                {
                    return;
                }

                _world.Log.Add("healed", "world", fault.ToString());
                heal();
                if (fault.Node >= 0 && fault.Node < _world.Slots.Count)
                {
                    _world.Slots[fault.Node].DisturbedUntil = _world.Loop.Now;
                }
            });
        }
    }

    /// <summary>The design does not promise to survive the loss of every holder, so the plan may not take the last one.</summary>
    private bool WouldLoseTheCluster(int node)
    {
        var kms = _world.Ledger.Head.State.Kms;
        if (kms.Proposal is { Closed: false, Confirmers.Length: > 1 } proposal && !Remains(node, proposal.Hash))
        {
            return true;
        }

        // What a griefer activated alone has no holder that could be lost.
        var epochs = kms.Epochs.Where(epoch => !epoch.Retired && _world.Alive.Any(slot => Holds(slot, epoch.Hash)));
        return epochs.Any(epoch => !Remains(node, epoch.Hash));
    }

    /// <summary>Somebody else holds it and keeps it: who was given another identity is restarted when that ends, and holds nothing then.</summary>
    private bool Remains(int without, Bytes32 hash) =>
        _world.Members().Any(slot => slot.Index != without && slot.OdynFaults.Impostor is null && Holds(slot, hash));

    private static bool Holds(NodeSlot slot, Bytes32 hash) => SimWorld.Probe(slot.Current!).Held.Any(held => held.Hash == hash);

    private Action? Apply(PlannedFault fault)
    {
        var slots = _world.Slots;
        var slot = fault.Node >= 0 && fault.Node < slots.Count ? slots[fault.Node] : slots[0];
        var faults = slot.OdynFaults;
        switch (fault.Kind)
        {
            case FaultKind.Partition:
                return _links.Cut((from, to) => ((fault.Amount >> from) & 1) != ((fault.Amount >> to) & 1), apps: false);
            case FaultKind.CutOneWay:
                return _links.Cut((from, to) => from == fault.Node && to == fault.Other, apps: false);
            case FaultKind.Isolate:
                return _links.Cut((from, to) => from == fault.Node || to == fault.Node, apps: false);
            case FaultKind.Unplug:
                return _links.Cut((from, to) => from == fault.Node || to == fault.Node, apps: true);
            case FaultKind.Bridge:
                return _links.Cut((from, to) => from != fault.Node && to != fault.Node && from % 2 != to % 2, apps: false);
            case FaultKind.SwizzleClog:
                _links.Swizzle(TimeSpan.FromMilliseconds(fault.ForMs));
                return null;
            case FaultKind.Delay:
                return _links.Each(apps: true, link => link.ExtraDelay = TimeSpan.FromMilliseconds(fault.Amount), link => link.ExtraDelay = TimeSpan.Zero);
            case FaultKind.Loss:
                return _links.Each(apps: true, link => link.Loss = fault.Amount / 100.0, link => link.Loss = 0);
            case FaultKind.Duplicate:
                return _links.Each(apps: false, link => link.Duplicates = fault.Amount / 100.0, link => link.Duplicates = 0);
            case FaultKind.Reorder:
                return _links.Each(apps: true, link => link.Jitter = TimeSpan.FromMilliseconds(fault.Amount), link => link.Jitter = TimeSpan.Zero);
            case FaultKind.Lie:
                slot.Lies = true;
                return () => slot.Lies = false;
            case FaultKind.Reorg:
                _world.Ledger.Reorganise(fault.Amount, (ReorgStyle)fault.Other);
                return null;
            case FaultKind.Stall:
                _world.StalledUntil = _world.Loop.Now + TimeSpan.FromMilliseconds(fault.ForMs);
                return null;
            case FaultKind.ProducersWait:
                _world.Ledger.ProducersWait = true;
                return () => _world.Ledger.ProducersWait = false;
            case FaultKind.Withhold:
                return Endpoints(slot, int.MaxValue, one => one.WithheldFrom = _world.Ledger.Head.Number + 1);
            case FaultKind.OldHead:
                return Endpoints(slot, int.MaxValue, one => one.Pinned = _world.Ledger.Canonical(Back(fault.Amount)));
            case FaultKind.Fork:
                return Endpoints(slot, 1, one => one.Pinned = _world.Ledger.Fork(fault.Amount));
            case FaultKind.Lag:
                return Endpoints(slot, 1, one => one.LagBlocks = fault.Amount);
            case FaultKind.ChainDown:
                return Endpoints(slot, int.MaxValue, one => one.IsDown = true);
            case FaultKind.Rebind:
                _world.Network.Dns.Rebind(slot.Host, SimDns.Hostile);
                return null;
            case FaultKind.Crash:
                return Crash(fault);
            case FaultKind.RestartInPlace:
                Restart(fault.Node);
                return null;
            case FaultKind.Pause:
                slot.Current?.Life.Pause();
                return slot.Current is { } paused ? paused.Life.Resume : null;
            case FaultKind.OdynFails:
                faults.Fails = Core.Ports.OdynFailure.Unavailable;
                return () => faults.Fails = null;
            case FaultKind.OdynHangs:
                faults.Hangs = true;
                return () => faults.Hangs = false;
            case FaultKind.OdynSlow:
                faults.ExtraLatency = TimeSpan.FromMilliseconds(fault.Amount);
                return () => faults.ExtraLatency = TimeSpan.Zero;
            case FaultKind.OdynConstantRandomness:
                faults.Randomness = OdynRandomness.Constant;
                return () => faults.Randomness = OdynRandomness.Fresh;
            case FaultKind.OdynRepeatedRandomness:
                faults.Randomness = OdynRandomness.Repeated;
                return () => faults.Randomness = OdynRandomness.Fresh;
            case FaultKind.OdynImpostor:
                faults.Impostor = _world.NewKeys($"impostor {++_identities}");
                return () =>
                {
                    // A node whose identity changed stays down until it is started anew.
                    faults.Impostor = null;
                    Restart(fault.Node);
                };
            case FaultKind.OdynWrongMeasurement:
                return Attest(faults, OdynAttestation.WrongMeasurement);
            case FaultKind.OdynStaleDocument:
                return Attest(faults, OdynAttestation.Stale);
            case FaultKind.OdynDebugMode:
                return Attest(faults, OdynAttestation.DebugMode);
            case FaultKind.OdynGarbage:
                return Attest(faults, OdynAttestation.Garbage);
            case FaultKind.ClockStep:
                slot.WallStep += TimeSpan.FromSeconds(fault.Amount);
                if (slot.Current is { } running)
                {
                    running.Clock.WallStep = slot.WallStep;
                }

                return null;
            case FaultKind.RevokeApp:
                _world.Ledger.SubmitFromPlatform(new SimCall.SetAppStatus(_world.Apps[fault.Other].Id, AppStatus.Inactive), _world.Owner);
                return null;
            case FaultKind.StopAppInstance:
                _world.Ledger.SubmitFromPlatform(new SimCall.SetInstanceStatus(_world.Apps[fault.Other].Instance, InstanceStatus.Stopped), _world.Owner);
                return null;
            case FaultKind.RevokeNode:
                PlatformFaults.StopInstance(_world, slot.Current?.Wallet);
                return null;
            case FaultKind.Rotate:
                _world.Ledger.SubmitFromPlatform(new SimCall.RequestRotation(), _world.Owner);
                return null;
            case FaultKind.Replay:
                Repeat(fault, TimeSpan.FromSeconds(1), _attacker.Replay);
                return null;
            case FaultKind.Swap:
                _world.Network.Tamper = _attacker.Swap;
                return () => _world.Network.Tamper = null;
            case FaultKind.NonceFlood:
                Repeat(fault, TimeSpan.FromSeconds(1.0 / Math.Max(1, fault.Amount)), () => _attacker.Ask(fault.Node, "/nonce"));
                return null;
            case FaultKind.Grief:
                var griefer = _world.NewKeys($"griefer {++_identities}");
                _griefers.Add(griefer.Identity.Wallet);
                new Griefer(_world, _random, griefer, fault.Amount).Start();
                return null;
            case FaultKind.AuxiliaryPort:
                string thief = $"thief {++_identities}";
                new AuxiliaryThief(_world, _random.Fork(thief), thief, fault.Amount).Start();
                return null;
            case FaultKind.Unfunded:
                if (slot.Current is { } poor)
                {
                    _world.Ledger.Defund(poor.Wallet);
                    return () => _world.Ledger.Fund(poor.Wallet);
                }

                return null;
            case FaultKind.Rogue:
                slot.Rogue = new RogueMember(_world, fault.Node, fault.Amount == 1, _random.Fork("rogue"));
                return () => slot.Rogue = null;
            case FaultKind.Twins:
                _ = new TwinWriters(_world, fault, _random.Fork("twins"));
                return null;
            case FaultKind.Questions:
                Repeat(fault, TimeSpan.FromSeconds(1.0 / Math.Max(1, fault.Amount)), () => _attacker.Ask(fault.Node, _random.Pick(Attacker.PublicTargets)));
                return null;
            case FaultKind.Redirect:
                slot.Redirects = true;
                return () => slot.Redirects = false;
            case FaultKind.DefaultEpoch:
                OwnerAction.Start(_world, SimActionKind.SetDefaultEpoch, SimActionData.From((ulong)fault.Amount));
                return null;
            case FaultKind.Retire:
                OwnerAction.Start(_world, SimActionKind.RetireEpoch, SimActionData.From((ulong)fault.Amount));
                return null;
            case FaultKind.Stop:
                _world.Stop(fault.Node);
                return () => RebootIfDown(fault.Node);
            case FaultKind.Silent or FaultKind.Trickle or FaultKind.Hostile or FaultKind.Forge or FaultKind.PortsThrow
                or FaultKind.EmbedderThrows or FaultKind.EmbedderBlocks:
                return MannerFaults.Apply(_world, fault, slot, _random.Fork($"hostile {fault.AtMs}"));
            case FaultKind.SilentMembers:
                SilentMembers.Register(_world, _silent, fault.Amount);
                _silent += fault.Amount;
                return null;
            case FaultKind.RpcErrors or FaultKind.RpcSwallows or FaultKind.RpcDeniesReceipts or FaultKind.RpcRefusesEstimates
                or FaultKind.FinalStandsStill or FaultKind.HeadStandsStill or FaultKind.ZeroedRegistry:
                return EndpointFaults.Apply(_world, fault, fault.Node < 0 ? slots : [slot]);
            case FaultKind.PauseKms or FaultKind.RevokeKms or FaultKind.RevokeVersion or FaultKind.RemoveMeasurement
                or FaultKind.SuspendMeasurement or FaultKind.SetTarget:
                return PlatformFaults.Apply(_world, fault);
            default:
                throw new InvalidOperationException($"no such fault: {fault.Kind}");
        }
    }

    private static Action Attest(OdynFaults faults, OdynAttestation attestation)
    {
        faults.Attestation = attestation;
        return () => faults.Attestation = OdynAttestation.Honest;
    }

    private static Action Endpoints(NodeSlot slot, int count, Action<SimRpcEndpoint> disturb)
    {
        slot.Endpoints.Take(count).ToList().ForEach(disturb);
        return () => slot.Endpoints.ToList().ForEach(endpoint => endpoint.Heal());
    }

    private static void HealNode(NodeSlot slot)
    {
        slot.OdynFaults.Heal();
        slot.Lies = false;
        slot.Rogue = null;
        slot.Redirects = false;
        slot.Manners.Heal();
        slot.Ports.Heal();
        foreach (var endpoint in slot.Endpoints)
        {
            endpoint.Heal();
        }
    }

    private ulong Back(int blocks)
    {
        ulong head = _world.Ledger.Head.Number;
        return head - Math.Min(head, (ulong)blocks);
    }

    private Action Crash(PlannedFault fault)
    {
        var gone = _world.Kill(fault.Node);
        if (gone is not null && fault.Amount == 1)
        {
            PlatformFaults.StopInstance(_world, gone.Wallet);
        }

        return () => RebootIfDown(fault.Node);
    }

    private void RebootIfDown(int index)
    {
        if (_world.Slots[index].Current is null)
        {
            Reboot(index);
        }
    }

    private void Restart(int index)
    {
        if (_world.Kill(index) is { } gone)
        {
            _world.Start(index, gone.Keys);
        }
    }

    private void Reboot(int index)
    {
        var keys = _world.NewKeys($"node {index} reborn {++_identities}");
        _world.Register(keys, _world.Slots[index].Url);
        _world.Start(index, keys);
    }

    private void Repeat(PlannedFault fault, TimeSpan every, Action action)
    {
        var end = _world.Loop.Now + TimeSpan.FromMilliseconds(fault.ForMs);
        Again();

        void Again()
        {
            action();
            if (_world.Loop.Now + every < end)
            {
                _world.Loop.After(every, Again);
            }
        }
    }
}
