using System.Collections;
using System.Reflection;
using Microsoft.Coyote;

namespace Kms.Sim.Kernel;

/// <summary>
/// What Coyote's own deadlock check would see if the pump, which can always go on, did not hide it. Read by reflection: Coyote
/// 1.7.11 shows its operations to nobody. A test of the driver fails when another version calls them differently.
/// </summary>
internal static class CoyoteOperations
{
    private const BindingFlags Any = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Type Runtime = Named("Microsoft.Coyote.Runtime.CoyoteRuntime");
    private static readonly Type Operation = Named("Microsoft.Coyote.Runtime.ControlledOperation");
    private static readonly PropertyInfo Current = Runtime.GetProperty("Current", Any)!;
    private static readonly FieldInfo Map = Runtime.GetField("OperationMap", Any)!;
    private static readonly FieldInfo Status = Operation.GetField("Status", Any)!;
    private static readonly object OnResource = Enum.Parse(Status.FieldType, "PausedOnAllResources");

    /// <summary>Operations that wait for a lock. To be asked when nothing else runs.</summary>
    public static IEnumerable<string> WaitingForLocks()
    {
        foreach (var operation in ((IDictionary)Map.GetValue(Current.GetValue(null))!).Values)
        {
            if (OnResource.Equals(Status.GetValue(operation)))
            {
                yield return operation.ToString()!;
            }
        }
    }

    private static Type Named(string name) => typeof(Configuration).Assembly.GetType(name, throwOnError: true)!;
}
