using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>What may stop service and must never lose a secret: outages, mistakes of the platform and of governance, exceptions.</summary>
internal static class FailSafeStories
{
    private const int Everybody = -1;
    private const long Hour = 3_600_000;

    private static readonly WorldOptions Three = new() { Nodes = 3, ConfirmationTarget = 2 };

    /// <summary>Days of it are affordable.</summary>
    private static readonly WorldOptions Slow = Three with { TickMs = 300_000, HeadPollMs = 60_000, BlockMs = 12_000, WorkloadMs = 300_000 };

    public static IReadOnlyList<Scenario> All { get; } =
    [
        Catalogue.Fixed(
            "The_kms_app_is_paused_for_a_week",
            Slow,
            7 * 24 * 60 + 3 * 60,
            [new PlannedFault(Hour, FaultKind.PauseKms, ForMs: 7 * 24 * Hour - 2 * Hour)],
            "state NotAMember", "derive 200"),
        Catalogue.Fixed(
            "The_kms_app_is_revoked_and_taken_back",
            Slow,
            34 * 60,
            [new PlannedFault(Hour, FaultKind.RevokeKms, ForMs: 30 * Hour)],
            "state NotAMember", "derive 200"),
        Catalogue.Fixed(
            "A_version_is_revoked_by_mistake_and_deprecated_within_a_day",
            Slow,
            26 * 60,
            [new PlannedFault(Hour, FaultKind.RevokeVersion, ForMs: 23 * Hour)],
            "state NotAMember", "derive 200"),
        Catalogue.Fixed(
            "A_host_shows_all_nodes_a_chain_that_stands_still",
            Slow,
            53 * 60,
            [.. Enumerable.Range(0, 3).Select(node => new PlannedFault(Hour, FaultKind.OldHead, node, ForMs: 50 * Hour))],
            "state ChainStale", "derive 200"),
        Catalogue.Fixed(
            "The_final_head_stands_still_while_the_chain_goes_on",
            Three,
            40,
            [new PlannedFault(180_000, FaultKind.FinalStandsStill, Everybody, ForMs: 1_500_000)],
            "derive 200"),
        Catalogue.Fixed(
            "Governance_acts_in_the_middle_of_a_rotation",
            Three,
            25,
            [
                new PlannedFault(0, FaultKind.SetTarget, Amount: 3, After: FaultTrigger.FirstReady),
                new PlannedFault(60_000, FaultKind.Rotate, After: FaultTrigger.FirstReady),
                new PlannedFault(64_000, FaultKind.RemoveMeasurement, ForMs: 240_000, After: FaultTrigger.FirstReady),
                new PlannedFault(600_000, FaultKind.SetTarget, Amount: 1),
                new PlannedFault(700_000, FaultKind.Rotate),
            ],
            "executed SetConfirmationTarget", "executed AddMeasurement", "activated"),
        Catalogue.Fixed(
            "Nodes_are_asked_to_stop_one_after_the_other",
            Three,
            20,
            [.. Enumerable.Range(0, 6).Select(i => new PlannedFault(180_000 + (i * 120_000), FaultKind.Stop, i % 3, ForMs: 40_000))],
            "stop", "activated"),
    ];
}
