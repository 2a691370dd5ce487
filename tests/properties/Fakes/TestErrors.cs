using Kms.Core.Audit;
using Kms.Core.Ports;
using Kms.Core.Supervision;

namespace Kms.Properties.Fakes;

/// <summary>Supervision for parts that are tested on their own.</summary>
internal static class TestErrors
{
    public static InternalErrors Of(IClock clock) => new(new AuditLog(clock, null), clock);

    public static PortGuard Guard(IClock clock) => new(clock, Of(clock));
}
