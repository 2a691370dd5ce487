using Kms.Sim.Chain;
using Kms.Sim.World;

namespace Kms.Sim.Faults;

/// <summary>The owner schedules an action and executes it when its delay is over.</summary>
internal static class OwnerAction
{
    /// <summary>Blocks of a reorganisation or of a slow mempool may come in between: tried so often.</summary>
    private const int Tries = 20;

    public static void Start(SimWorld world, SimActionKind kind, SimActionData data)
    {
        world.Ledger.SubmitFromPlatform(new SimCall.Schedule(kind, data), world.Owner);
        Execute(world, kind, data, world.Ledger.Head.State.Kms.Actions.Length, Tries);
    }

    /// <param name="known">Actions that were there before: one of the same kind and content may have been executed long ago.</param>
    private static void Execute(SimWorld world, SimActionKind kind, SimActionData data, int known, int left) =>
        world.Loop.After(TimeSpan.FromMilliseconds(2 * world.Options.BlockMs), () =>
        {
            var actions = world.Ledger.Head.State.Kms.Actions;
            for (int i = 0; i < actions.Length; i++)
            {
                bool same = actions[i].Kind == kind && actions[i].Data.Bytes.SequenceEqual(data.Bytes);
                if (same && actions[i].State == SimActionState.Executed && i >= known)
                {
                    world.Log.Occurred($"executed {kind}");
                    return;
                }

                if (same && actions[i].State == SimActionState.Scheduled)
                {
                    world.Ledger.SubmitFromPlatform(new SimCall.Execute((ulong)i + 1), world.Owner);
                }
            }

            if (left > 0)
            {
                Execute(world, kind, data, known, left - 1);
            }
        });
}
