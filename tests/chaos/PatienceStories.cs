using Kms.Sim.Drivers;
using Kms.Sim.Faults;
using Kms.Sim.Scenarios;
using Xunit.Abstractions;
using PatienceScenarios = Kms.Sim.Scenarios.PatienceStories;

namespace Kms.Chaos;

/// <summary>Members and RPCs that keep their callers waiting, or answer with what no honest one would.</summary>
public sealed class PatienceStories(ITestOutputHelper output) : Story(output)
{
    [Fact]
    public void A_member_accepts_connections_and_stays_silent() => Holds();

    [Fact]
    public void A_member_answers_status_with_eleven_bytes() => Holds();

    [Fact]
    public void Members_answer_with_hostile_structures() => Holds();

    [Fact]
    public void A_griefer_activates_epochs_that_nobody_else_holds() => Holds();

    [Fact]
    public void Answers_come_byte_by_byte() => Holds();

    /// <summary>Told twice, with them and without: the rotation is over for the last node when it holds the new secret.</summary>
    [Fact]
    public void Sixty_silent_members_delay_a_rotation_by_less_than_two_ticks()
    {
        Holds();
        var spec = RunSpec.Draw(Catalogue.Find(PatienceScenarios.SixtySilentMembers), 1, null);
        var alone = spec with { Plan = [.. spec.Plan.Where(fault => fault.Kind != FaultKind.SilentMembers)] };
        var ticks = (RotatedAt(spec) - RotatedAt(alone)) / TimeSpan.FromMilliseconds(spec.Options.TickMs);
        ticks.ShouldBeLessThan(2);
    }

    private static TimeSpan RotatedAt(RunSpec spec)
    {
        var report = Marathon.Run(spec, [], 200_000);
        report.Violation.ShouldBeNull();
        var activated = report.Trace.Where(one => one.Kind == "audit" && one.Text.StartsWith("secret_activated: epoch 2 ", StringComparison.Ordinal)).ToArray();
        for (int node = 0; node < spec.Options.Nodes; node++)
        {
            activated.ShouldContain(one => one.Lane == $"n{node}");
        }

        return activated.DistinctBy(one => one.Lane).Max(one => one.At);
    }

    [Fact]
    public void Endpoints_err_and_lie_about_transactions() => Holds();
}
