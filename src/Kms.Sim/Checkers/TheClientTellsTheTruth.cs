using Kms.Client;
using Kms.Sim.Workload;
using Kms.Sim.World;

namespace Kms.Sim.Checkers;

/// <summary>What the client told its caller is what the nodes did; a plain write is carried out once, and nothing that "did not happen" did.</summary>
internal sealed class TheClientTellsTheTruth : Checker
{
    public TheClientTellsTheTruth(SimWorld world)
        : base(world)
    {
        world.Workload.Concluded += call =>
        {
            CheckAnswer(call);
            CheckWrites(call);
        };

        // A request that was on its way when the client gave it up may still be carried out.
        world.Network.ResponseSeen += (message, _) =>
        {
            if (message.Exchange?.Call is { IsOver: true } call)
            {
                CheckWrites(call);
            }
        };
    }

    /// <summary>Whoever proves an answer gave it.</summary>
    private void CheckAnswer(SdkCall call)
    {
        int status = call.Taken?.Status ?? 0;
        bool isTrue = call.Failure switch
        {
            null => !call.IsDone || status == 200,
            KmsFailure.NotFound => status == 404,
            KmsFailure.VersionConflict => status == 409,
            KmsFailure.Refused => status is >= 400 and < 500 and not (404 or 409 or 429) or 507,
            _ => true,
        };
        if (!isTrue)
        {
            Violate($"app {call.App.Id} {call.What}: the client said {call.Failure?.ToString() ?? "done"}, and n{call.Taken?.Node} answered {status}");
        }
    }

    private void CheckWrites(SdkCall call)
    {
        if (call.Kind == SdkCallKind.Read)
        {
            return;
        }

        var carriedOut = call.Attempts.Where(attempt => attempt.WasCarriedOut).ToArray();
        var lost = call.Attempts.TakeWhile(attempt => !attempt.IsLost).Count();
        if (call.Kind == SdkCallKind.PlainWrite && (carriedOut.Length > 1 || call.Attempts.Count() > lost + 1))
        {
            Violate($"app {call.App.Id} {call.What}: the client sent a plain write again after one that was carried out or lost");
        }

        if (carriedOut.Length > 0 && call.Failure is { } failure and not KmsFailure.OutcomeUnknown)
        {
            Violate($"app {call.App.Id} {call.What}: the client said {failure}, and n{carriedOut[0].Node} had done it");
        }
    }
}
