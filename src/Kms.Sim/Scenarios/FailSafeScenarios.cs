using Kms.Sim.Faults;
using Kms.Sim.World;

namespace Kms.Sim.Scenarios;

/// <summary>What may stop service and must never lose a secret: outages, mistakes of the platform and of governance, exceptions.</summary>
internal static class FailSafeScenarios
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
            "A_measurement_is_suspended_for_two_days_and_lifted",
            Slow,
            52 * 60,
            [new PlannedFault(Hour, FaultKind.SuspendMeasurement, ForMs: 48 * Hour)],
            "state NotAMember", "derive 200"),
        Catalogue.Fixed(
            "A_measurement_is_removed_by_mistake_and_added_again_after_a_month",
            Slow with { TickMs = 3_600_000, HeadPollMs = 120_000, BlockMs = 60_000, WorkloadMs = 3_600_000 },
            33 * 24 * 60,
            [new PlannedFault(Hour, FaultKind.RemoveMeasurement, ForMs: 30 * 24 * Hour)],
            "executed RemoveMeasurement", "executed AddMeasurement", "derive 200") with { SettleBound = TimeSpan.FromHours(4) },
        Catalogue.Fixed(
            "The_registry_answers_zeros_for_thirty_hours",
            Slow,
            34 * 60,
            [new PlannedFault(Hour, FaultKind.ZeroedRegistry, Everybody, ForMs: 30 * Hour)],
            "registry zeroed", "derive 200"),
        Catalogue.Fixed(
            "Transactions_are_swallowed_for_six_hours",
            Three with { TickMs = 30_000, HeadPollMs = 10_000 },
            6 * 60 + 12,
            [new PlannedFault(0, FaultKind.RpcSwallows, Everybody, ForMs: 6 * Hour)],
            "transaction swallowed", "activated", "state ready"),
        Catalogue.Fixed(
            "Transactions_lie_for_hours_at_the_boot_and_at_a_rotation",
            Three with { Nodes = 5, TickMs = 60_000, HeadPollMs = 20_000, MaxHoldBlocks = 3, WorkloadMs = 60_000 },
            4 * 60,
            [
                new PlannedFault(0, FaultKind.ProducersWait, ForMs: 2 * Hour),
                new PlannedFault(150 * 60_000, FaultKind.ProducersWait, ForMs: Hour),
                new PlannedFault(160 * 60_000, FaultKind.Rotate),
            ],
            "activated", "state ready", "derive 200"),
        Catalogue.Fixed(
            "Estimates_fail_for_a_day",
            Slow with { TickMs = 60_000 },
            24 * 60 + 20,
            [new PlannedFault(0, FaultKind.RpcRefusesEstimates, Everybody, ForMs: 24 * Hour)],
            "estimate refused", "activated", "state ready"),
        Catalogue.Fixed(
            "The_final_head_trails_by_twenty_minutes",
            Three with { BlockMs = 12_000, FinalityDepth = 100, ProposalBlocks = 400, HeadPollMs = 15_000, TickMs = 30_000, WorkloadMs = 15_000 },
            3 * 60,
            [new PlannedFault(100 * 60_000, FaultKind.Rotate)],
            "activated", "state ready", "derive 200", "put 200") with { SettleBound = TimeSpan.FromHours(2) },
        Catalogue.Fixed(
            "Ports_and_callbacks_throw_now_and_then",
            Three,
            25,
            [
                .. Enumerable.Range(0, 3).Select(node => new PlannedFault(0, FaultKind.PortsThrow, node, ForMs: 900_000, Amount: 20 + (node * 15))),
                .. Enumerable.Range(0, 3).Select(node => new PlannedFault(0, FaultKind.EmbedderThrows, node, ForMs: 900_000, Amount: 300 + (node * 350))),
                new PlannedFault(600_000, FaultKind.Rotate),
            ],
            "IChain threw", "IOdyn threw", "ITransport threw", "IClock threw", "OnAudit threw", "OnStateChange threw", "audit internal_error", "activated"),
        Catalogue.Fixed(
            "Callbacks_do_not_come_back_for_an_hour",
            Three,
            150,
            [
                .. Enumerable.Range(0, 3).Select(node => new PlannedFault(0, FaultKind.EmbedderBlocks, node, ForMs: 2 * Hour, Amount: (int)Hour)),
                new PlannedFault(10 * 60_000, FaultKind.Rotate),
                new PlannedFault(20 * 60_000, FaultKind.Stop, Node: 1, ForMs: 60_000),
            ],
            "OnAudit blocked", "OnStateChange blocked", "activated", "derive 200", "put 200", "stop"),
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
