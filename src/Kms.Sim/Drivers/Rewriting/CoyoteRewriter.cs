using System.Reflection;
using Microsoft.Coyote;
using Microsoft.Coyote.Rewriting;

namespace Kms.Sim.Drivers.Rewriting;

/// <summary>Calls Coyote's rewriter in this process. Its entry is internal in 1.7.11: the supported way is a program of its own, which
/// would have to be found, started and rolled forward to this runtime.</summary>
internal static class CoyoteRewriter
{
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Rewrites assemblies in place, in a folder that has all that they need.</summary>
    public static void Rewrite(string folder, IReadOnlyList<string> assemblies)
    {
        var options = Type("Rewriting.RewritingOptions").GetMethod("Create", Any)!.Invoke(null, null)!;
        Set(options, "AssembliesDirectory", folder);
        Set(options, "OutputDirectory", folder);

        // Locks, tasks and completions interleave; plain fields do not: that would be ten times the steps for what locks rule out.
        Set(options, "IsRewritingMemoryLocations", false);
        ((HashSet<string>)options.GetType().GetProperty("AssemblyPaths", Any)!.GetValue(options)!).UnionWith(assemblies);
        var configuration = Configuration.Create().WithTelemetryEnabled(false);
        var log = Activator.CreateInstance(Type("Logging.LogWriter"), Any, null, [configuration, false], null);
        var profiler = Activator.CreateInstance(Type("Profiler"), nonPublic: true);
        typeof(RewritingEngine).GetMethods(BindingFlags.Static | BindingFlags.NonPublic).Single(method => method.Name == "Run")
            .Invoke(null, [options, configuration, log, profiler]);
    }

    private static void Set(object options, string property, object value) => options.GetType().GetProperty(property, Any)!.SetValue(options, value);

    private static Type Type(string name) =>
        typeof(RewritingEngine).Assembly.GetType("Microsoft.Coyote." + name) ?? typeof(Configuration).Assembly.GetType("Microsoft.Coyote." + name, throwOnError: true)!;
}
