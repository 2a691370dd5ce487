using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Kms.Properties.Conventions;

/// <summary>
/// A member of an interface is named by each of its implementations, which is no use of it: somebody has to call it. Read from the
/// compiled assemblies.
/// </summary>
public sealed class InterfaceUseTests
{
    private static readonly string[] Assemblies = ["Kms.Core.dll", "Kms.Adapters.dll", "Kms.Client.dll", "Kms.Hosting.dll", "Kms.Devnet.dll", "novasim.dll"];

    /// <summary>What nothing calls yet, each with its reason.</summary>
    private static readonly Dictionary<string, string> Promised = new(StringComparer.Ordinal)
    {
        ["IOdyn.GetObjectAsync"] = "object storage is the supervisor's, and the port is the whole of it",
        ["IOdyn.PutObjectAsync"] = "as before",
        ["IOdyn.DeleteObjectAsync"] = "as before",
        ["IOdyn.ListObjectsAsync"] = "as before",
    };

    [Fact]
    public void Each_member_of_an_interface_is_called_by_somebody_who_does_not_implement_it()
    {
        ModuleDefinition[] modules = [.. Assemblies.Select(static name => ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, name)))];
        TypeDefinition[] types = [.. modules.SelectMany(static module => module.GetTypes())];
        TypeDefinition[] interfaces = [.. types.Where(static type => type.IsInterface && type.Module.Name != "novasim.dll")];
        interfaces.Length.ShouldBeGreaterThan(10);

        var implementers = interfaces.ToDictionary(
            static one => one.FullName,
            one => types.Where(type => type.Interfaces.Any(face => face.InterfaceType.GetElementType().FullName == one.FullName)).Select(static type => type.FullName).ToHashSet());
        var calls = types.SelectMany(static type => type.Methods.Where(static method => method.HasBody).SelectMany(method => CallsOf(type, method))).ToHashSet();

        string[] uncalled = [.. interfaces.SelectMany(one => one.Methods.Where(method => !IsCalled(one, method)).Select(method => $"{one.Name}.{method.Name}"))];
        uncalled.Except(Promised.Keys).ShouldBeEmpty();
        Promised.Keys.Except(uncalled).ShouldBeEmpty("an exception for nothing goes");

        bool IsCalled(TypeDefinition one, MethodDefinition method) => calls.Any(call =>
            call.Method == method.Name
            && (call.On == one.FullName || implementers[one.FullName].Contains(call.On))
            && !(call.In == method.Name && implementers[one.FullName].Contains(call.By)));
    }

    /// <summary>Whose method calls which; what a compiler made of an async method, an iterator or a lambda counts as that method's.</summary>
    private static IEnumerable<(string By, string In, string On, string Method)> CallsOf(TypeDefinition type, MethodDefinition method)
    {
        var owner = type;
        string name = method.Name;
        while (owner.DeclaringType is { } outer && owner.Name.StartsWith('<'))
        {
            name = Named(owner.Name) ?? name;
            owner = outer;
        }

        name = Named(name) ?? name;
        foreach (var instruction in method.Body.Instructions)
        {
            if (instruction.OpCode.Code is Code.Call or Code.Callvirt or Code.Newobj or Code.Ldftn or Code.Ldvirtftn && instruction.Operand is MethodReference called)
            {
                yield return (owner.FullName, name, called.DeclaringType.GetElementType().FullName, called.Name);
            }
        }
    }

    // <PutObjectAsync>d__7, <PutObjectAsync>b__0.
    private static string? Named(string compiled) => compiled.StartsWith('<') && compiled.IndexOf('>', StringComparison.Ordinal) is > 1 and var end ? compiled[1..end] : null;
}
