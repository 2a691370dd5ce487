using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Kms.Properties.Conventions;

/// <summary>
/// What the compiled code of Core, and of the client, which the simulator runs too, calls. The analyzer of banned symbols sees what is written; this sees what the compiler made of it:
/// overloads that take spans, and helpers of await that nobody wrote down.
/// </summary>
public sealed class BannedConstructsTests
{
    private static readonly string[] Types =
    [
        "System.Threading.Lock", "System.Threading.ReaderWriterLockSlim", "System.Threading.ManualResetEventSlim", "System.Threading.CountdownEvent",
        "System.Threading.SemaphoreSlim", "System.Threading.Timer", "System.Threading.PeriodicTimer", "System.Threading.Barrier", "System.Threading.Thread",
        "System.Threading.Tasks.Parallel", "System.Threading.SpinLock", "System.Lazy`1", "System.Threading.LazyInitializer", "System.Random",
        "System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder", "System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder`1",
        "System.Runtime.CompilerServices.ConfiguredTaskAwaitable", "System.Runtime.CompilerServices.ConfiguredTaskAwaitable`1",
        "System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable", "System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable`1",
        "System.Runtime.CompilerServices.ConfiguredCancelableAsyncEnumerable`1", "System.Runtime.CompilerServices.ConfiguredAsyncDisposable",
        "System.Diagnostics.Stopwatch", "System.Security.Cryptography.RandomNumberGenerator",
    ];

    private static readonly string[] Members =
    [
        "Task.ContinueWith", "Task`1.ContinueWith", "Task.WaitAsync", "Task`1.WaitAsync", "Task.WhenEach", "Task.Run", "Task.Delay", "Task.Wait", "Task.WaitAll",
        "Task.WaitAny", "Task.ConfigureAwait", "Task`1.ConfigureAwait", "TaskFactory.StartNew", "CancellationTokenSource.CancelAfter", "CancellationTokenSource.CancelAsync",
        "ChannelReader`1.ReadAllAsync", "DateTimeOffset.get_UtcNow", "DateTime.get_UtcNow", "Guid.CreateVersion7", "Guid.NewGuid", "Environment.get_TickCount64",
    ];

    private static readonly string[] ArraysOnly = ["Task.WhenAll", "Task.WhenAny"];

    [Fact]
    public void Core_uses_nothing_that_the_simulator_cannot_control() => Found(typeof(Core.Limits).Assembly.Location).ShouldBeEmpty();

    /// <summary>An app outside of an enclave seals with the machine's randomness; in the simulator an app has an Odyn.</summary>
    [Fact]
    public void The_client_uses_one_of_them_for_an_app_that_has_no_enclave()
    {
        Found(typeof(Client.KmsClient).Assembly.Location).ShouldBe(["System.Security.Cryptography.RandomNumberGenerator"]);
        Source.Files("src/Kms.Client", "*.cs").Where(static path => File.ReadAllText(path).Contains("RandomNumberGenerator", StringComparison.Ordinal))
            .Select(Path.GetFileName).ShouldBe(["LocalAppIdentity.cs"]);
    }

    [Fact]
    public void The_search_finds_what_there_is()
    {
        // This assembly uses some of it: the test below names a few on purpose.
        Found(typeof(BannedConstructsTests).Assembly.Location).ShouldContain("Task.Delay");
        Found(typeof(BannedConstructsTests).Assembly.Location).ShouldContain("System.Threading.Lock");
        Found(typeof(BannedConstructsTests).Assembly.Location).ShouldContain("Task.WhenAll without an array");
    }

    [Fact]
    public async Task Uses_what_Core_may_not()
    {
        Lock gate = new();
        bool entered = false;
        lock (gate)
        {
            entered = true;
        }

        await Task.WhenAll(Task.Delay(0), Task.Delay(0));
        entered.ShouldBeTrue();
    }

    private static SortedSet<string> Found(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var handle in metadata.TypeReferences)
        {
            string name = NameOf(metadata, handle);
            if (Types.Contains(name))
            {
                found.Add(name);
            }
        }

        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            string? owner = OwnerOf(metadata, member.Parent);
            string name = $"{owner}.{metadata.GetString(member.Name)}";
            if (Members.Contains(name))
            {
                found.Add(name);
            }
            else if (ArraysOnly.Contains(name) && !TakesOneArray(metadata, member))
            {
                found.Add($"{name} without an array");
            }
        }

        return found;
    }

    private static string? OwnerOf(MetadataReader metadata, EntityHandle parent) => parent.Kind switch
    {
        HandleKind.TypeReference => metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)parent).Name),
        HandleKind.TypeSpecification => GenericOwner(metadata, (TypeSpecificationHandle)parent),
        _ => null,
    };

    // A generic instance: its signature is GENERICINST, class or value type, the type's coded token.
    private static string? GenericOwner(MetadataReader metadata, TypeSpecificationHandle handle)
    {
        var blob = metadata.GetBlobReader(metadata.GetTypeSpecification(handle).Signature);
        if (blob.ReadByte() != (byte)SignatureTypeCode.GenericTypeInstance)
        {
            return null;
        }

        blob.ReadByte();
        var type = blob.ReadTypeHandle();
        return type.Kind == HandleKind.TypeReference ? metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)type).Name) : null;
    }

    private static bool TakesOneArray(MetadataReader metadata, MemberReference member)
    {
        var blob = metadata.GetBlobReader(member.Signature);
        var header = blob.ReadSignatureHeader();
        if (header.IsGeneric)
        {
            blob.ReadCompressedInteger();
        }

        // Return types of both are Task, Task<Task>, Task<T[]> or Task<Task<T>>: what follows must be one array.
        int parameters = blob.ReadCompressedInteger();
        Skip(ref blob);
        return parameters == 1 && blob.ReadByte() == (byte)SignatureTypeCode.SZArray;
    }

    private static void Skip(ref BlobReader blob)
    {
        switch ((SignatureTypeCode)blob.ReadByte())
        {
            case SignatureTypeCode.GenericTypeInstance:
                blob.ReadByte();
                blob.ReadTypeHandle();
                int arguments = blob.ReadCompressedInteger();
                for (int i = 0; i < arguments; i++)
                {
                    Skip(ref blob);
                }

                break;
            case SignatureTypeCode.SZArray:
                Skip(ref blob);
                break;
            case SignatureTypeCode.GenericMethodParameter or SignatureTypeCode.GenericTypeParameter:
                blob.ReadCompressedInteger();
                break;
            default:
                // 0x11 and 0x12: value type and class, with a token.
                blob.ReadTypeHandle();
                break;
        }
    }

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }
}
