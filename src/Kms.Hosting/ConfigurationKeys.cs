using System.Globalization;
using System.Reflection;
using Kms.Core.Attestation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Kms.Hosting;

/// <summary>Refuses keys that would bind to nothing: a misspelt setting must not be the default in silence.</summary>
/// <remarks>No message holds a value: what stands under a wrong name may be anything.</remarks>
internal static class ConfigurationKeys
{
    private const int MaxProblems = 16;
    private const int MaxShownChars = 64;
    private const string Where = "docs/operations/configuration.md lists them";

    /// <summary>The settings, and whether each is a list.</summary>
    private static readonly Dictionary<string, bool> Settings = typeof(NovaKmsOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(static property => property.PropertyType != typeof(AttestationRoot))
        .ToDictionary(static property => property.Name, static property => property.PropertyType == typeof(IList<string>), StringComparer.OrdinalIgnoreCase);

    /// <param name="isOurs">Every key is the node's: else only those that are settings are looked at, and the rest is another's.</param>
    /// <exception cref="OptionsValidationException">A key is no setting, or has the wrong shape.</exception>
    public static void Check(IConfiguration configuration, bool isOurs)
    {
        string[] problems = [.. Problems(configuration, isOurs).Take(MaxProblems)];
        if (problems.Length > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(NovaKmsOptions), problems);
        }
    }

    private static IEnumerable<string> Problems(IConfiguration configuration, bool isOurs)
    {
        foreach (var setting in configuration.GetChildren())
        {
            string? problem = Settings.TryGetValue(setting.Key, out bool isList)
                ? isList ? OnList(setting) : OnValue(setting)
                : isOurs ? OnUnknown(setting) : null;
            if (problem is not null)
            {
                yield return problem;
            }
        }
    }

    private static string OnUnknown(IConfigurationSection setting) =>
        string.Equals(setting.Key, NovaKmsOptions.SectionName, StringComparison.OrdinalIgnoreCase)
            ? $"{Shown(setting.Key)} is a section of programs that embed a node: here its settings stand by themselves, such as ChainId, not {NovaKmsOptions.SectionName}:ChainId"
            : $"{Shown(setting.Key)} is no setting of a node: the nearest is {Nearest(setting.Key)}; {Where}";

    private static string? OnValue(IConfigurationSection setting) => setting.GetChildren().FirstOrDefault() is { } under
        ? $"{Shown(setting.Key)} is one value: there is no {Shown(setting.Key)}:{Shown(under.Key)}"
        : null;

    private static string? OnList(IConfigurationSection setting)
    {
        string name = Shown(setting.Key);
        string how = $"write its items as {name}:0=…, {name}:1=… (NOVAKMS_{name}__0=… in the environment, [\"…\"] in JSON)";
        if (!string.IsNullOrEmpty(setting.Value))
        {
            return $"{name} is a list, not one value: {how}";
        }

        var wrong = setting.GetChildren().FirstOrDefault(static item => !IsIndex(item.Key) || item.GetChildren().Any());
        return wrong is null ? null : $"{name} is a list of values, and {name}:{Shown(wrong.Key)} is none of them: {how}";
    }

    private static bool IsIndex(string key) => int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static string Nearest(string key)
    {
        string wanted = Plain(key);
        return Settings.Keys.MinBy(setting => Distance(wanted, Plain(setting)))!;
    }

    /// <summary>CORS_ORIGINS is as near to CorsOrigins as can be.</summary>
    private static string Plain(string key) =>
        string.Concat(key.Take(MaxShownChars).Where(static c => c is not ('_' or '-')).Select(char.ToLowerInvariant));

    /// <summary>Levenshtein's: letters put in, left out or replaced.</summary>
    private static int Distance(string from, string to)
    {
        int[] row = [.. Enumerable.Range(0, to.Length + 1)];
        for (int i = 0; i < from.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i + 1;
            for (int j = 0; j < to.Length; j++)
            {
                int replaced = diagonal + (from[i] == to[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], diagonal) + 1);
            }
        }

        return row[to.Length];
    }

    // Anybody's file: it ends on a terminal.
    private static string Shown(string key) => string.Concat(key.Take(MaxShownChars).Select(static c => char.IsControl(c) ? '?' : c));
}
