using Kms.Sim.Chain;
using Kms.Sim.World;

namespace Kms.Sim.Faults;

/// <summary>The owner schedules an action and executes it when its delay is over.</summary>
internal static class OwnerAction
{
    /// <summary>Blocks of a reorganisation or of a slow mempool may come in between: tried so often.</summary>
    private const int Tries = 20;

    public static void Start(SimWorld world, SimActionKind kind, ulong number)
    {
        world.Ledger.SubmitFromPlatform(new SimCall.Schedule(kind, SimActionData.From(number)), world.Owner);
        Execute(world, kind, number, Tries);
    }

    private static void Execute(SimWorld world, SimActionKind kind, ulong number, int left) =>
        world.Loop.After(TimeSpan.FromMilliseconds(2 * world.Options.BlockMs), () =>
        {
            var actions = world.Ledger.Head.State.Kms.Actions;
            for (int i = 0; i < actions.Length; i++)
            {
                if (actions[i].Kind == kind && actions[i].Data.IsWord && actions[i].Data.Number == number && actions[i].State == SimActionState.Executed)
                {
                    world.Log.Occurred($"executed {kind}");
                    return;
                }

                if (actions[i].Kind == kind && actions[i].Data.IsWord && actions[i].Data.Number == number && actions[i].State == SimActionState.Scheduled)
                {
                    world.Ledger.SubmitFromPlatform(new SimCall.Execute((ulong)i + 1), world.Owner);
                }
            }

            if (left > 0)
            {
                Execute(world, kind, number, left - 1);
            }
        });
}
