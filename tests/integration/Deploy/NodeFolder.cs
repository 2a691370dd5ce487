using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mono.Cecil;

namespace Kms.Integration.Deploy;

/// <summary>
/// What the assemblies of this project in the folder of a program could do to what an enclave proves: start a process, or forge an
/// attestation document. Read from their code, whoever calls it. Reflection is not followed.
/// </summary>
internal static partial class NodeFolder
{
    // Of the nine names in a document the two that nothing else has.
    private static readonly string[] DocumentFields = ["module_id", "cabundle"];

    /// <summary>The project's own assemblies by the program's list of dependencies, which is what the runtime loads.</summary>
    public static string[] Own(string folder, string program)
    {
        var list = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, $"{program}.deps.json")))!;
        return [.. list["libraries"]!.AsObject().Where(static one => (string?)one.Value!["type"] == "project").Select(static one => one.Key.Split('/')[0]).Order(StringComparer.Ordinal)];
    }

    /// <summary>One line for each thing in the assembly that no assembly of a node may have.</summary>
    public static SortedSet<string> Found(string assembly)
    {
        using var module = ModuleDefinition.ReadModule(assembly);
        var found = new SortedSet<string>(StringComparer.Ordinal);
        found.UnionWith(module.AssemblyReferences.Where(static one => one.Name is "System.Diagnostics.Process" or "Kms.Devnet").Select(static one => $"references {one.Name}"));
        found.UnionWith(module.GetTypeReferences().Select(static one => one.FullName).Where(static name => StartsOrSigns().IsMatch(name)).Select(static name => $"uses {name}"));
        found.UnionWith(module.GetMemberReferences().Where(Signs).Select(static one => $"calls {one.DeclaringType.Name}.{one.Name}"));
        foreach (var type in module.Types)
        {
            if (type.Namespace.StartsWith("Kms.Devnet", StringComparison.Ordinal))
            {
                found.Add("has a type of the devnet");
            }

            MethodDefinition[] methods = [.. WithNested(type).SelectMany(static one => one.Methods)];
            object[] operands = [.. methods.Where(static one => one.HasBody).SelectMany(static one => one.Body.Instructions).Select(static one => one.Operand).Where(static one => one is not null)];
            string[] owners = [.. operands.OfType<MethodReference>().Select(static one => one.DeclaringType.FullName)];

            // Native code could do all of it.
            found.UnionWith(methods.Where(static one => one.IsPInvokeImpl).Select(static one => $"imports {one.Name}"));
            if (owners.Contains("System.Runtime.InteropServices.NativeLibrary"))
            {
                found.Add($"{type.FullName} loads a library");
            }

            if (owners.Contains("System.Formats.Cbor.CborWriter") && operands.OfType<string>().Any(static text => DocumentFields.Contains(text)))
            {
                found.Add($"{type.FullName} writes a document");
            }
        }

        return found;
    }

    // What a compiler makes of lambdas and async methods is nested.
    private static IEnumerable<TypeDefinition> WithNested(TypeDefinition type) => type.NestedTypes.SelectMany(WithNested).Prepend(type);

    // ECDsa and its kin, and the two ways that .NET has of making what is signed with them. Wallets sign by none of these.
    private static bool Signs(MemberReference member) =>
        member.DeclaringType is { } owner
        && owner.Namespace.StartsWith("System.Security.Cryptography", StringComparison.Ordinal)
        && (member.Name.StartsWith("Sign", StringComparison.Ordinal) || member.Name.StartsWith("TrySign", StringComparison.Ordinal));

    [GeneratedRegex(
        @"^System\.Diagnostics\.Process(StartInfo)?$|^System\.Security\.Cryptography\.(Cose\..*|X509Certificates\.CertificateRequest)$"
        + @"|^Org\.BouncyCastle\.(Crypto\.(ISigner|ISignatureFactory|Signers\.\w*Signer|Operators\.\w+)|Security\.SignerUtilities|X509\.X509V\dCertificateGenerator)$")]
    private static partial Regex StartsOrSigns();
}
