using Kms.Core.Primitives;
using Kms.Sim.Chain;
using Kms.Sim.Enclave;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Faults;

/// <summary>A member whose enclave never answers: it proposes whenever it may and hands nothing over.</summary>
internal sealed class Griefer(SimWorld world, SimRandom random, EnclaveKeys keys, int proposals)
{
    private int _left = proposals;

    public void Start()
    {
        world.Register(keys, world.Slots[0].Url);
        Again();
    }

    private void Again()
    {
        var state = world.Ledger.Head.State;
        var kms = state.Kms;
        ulong next = world.Ledger.Head.Number + 1;
        bool free = kms.Proposal is null || !kms.Proposal.IsOpenAt(next);
        if (free && kms.NextEpochWanted && state.IsEligible(keys.Identity.Wallet) && kms.BarredUntil(keys.Identity.Wallet, next) <= next)
        {
            _left--;
            world.Log.Occurred("griefer proposed");
            world.Ledger.SubmitFromPlatform(new SimCall.Propose(Bytes32.From(random.Bytes(Bytes32.Size)), kms.NextEpoch), keys.Identity.Wallet);
        }

        if (_left > 0)
        {
            world.Loop.After(TimeSpan.FromMilliseconds(world.Options.BlockMs), Again);
        }
    }
}
