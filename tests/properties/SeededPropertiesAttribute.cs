using System.Globalization;
using FsCheck.Xunit;

[assembly: Kms.Properties.SeededProperties]

namespace Kms.Properties;

/// <summary>All properties draw from FSCHECK_SEED when it is set, so that a claim about seeds can be repeated; from a fresh seed else.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class SeededPropertiesAttribute : PropertiesAttribute
{
    public SeededPropertiesAttribute()
    {
        if (Environment.GetEnvironmentVariable("FSCHECK_SEED") is { Length: > 0 } given)
        {
            // The second half is the increment of FsCheck's generator and must be odd.
            ulong seed = ulong.Parse(given, CultureInfo.InvariantCulture);
            Replay = string.Create(CultureInfo.InvariantCulture, $"({seed},{(2 * seed) + 1})");
        }
    }
}
