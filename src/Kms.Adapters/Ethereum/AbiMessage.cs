using System.Diagnostics.CodeAnalysis;
using Kms.Core.Primitives;
using Nethereum.ABI;
using Nethereum.ABI.FunctionEncoding;
using Nethereum.ABI.FunctionEncoding.AttributeEncoding;
using Nethereum.ABI.FunctionEncoding.Attributes;

namespace Kms.Adapters.Ethereum;

/// <summary>Encodes and decodes one type of <see cref="RegistryMessages"/> by Nethereum.ABI.</summary>
/// <remarks>
/// The types' attributes are read once: the library's own entry points read them for every message, which is three quarters of
/// their time. Nothing here changes after that, so one instance serves all threads.
/// </remarks>
internal sealed class AbiMessage
{
    private static readonly ParametersEncoder Encoder = new();
    private static readonly ParameterDecoder Decoder = new();
    private readonly Type _type;
    private readonly ParameterOutputProperty[] _fields;
    private readonly ABIType[] _types;

    public AbiMessage(Type type)
    {
        _type = type;
        _fields = [.. Decoder.GetParameterOutputsFromAttributes(type).OrderBy(static field => field.Parameter.Order)];
        _types = Array.ConvertAll(_fields, static field => field.Parameter.ABIType);
    }

    /// <summary>The call data of a function's message.</summary>
    public static byte[] EncodeCall<T>(T message)
        where T : class => [.. Selector<T>.Bytes, .. Cached<T>.Message.Encode(message)];

    /// <summary>False unless the data is the canonical encoding of a message: exactly what encoding it again gives.</summary>
    public static bool TryDecode<T>(ReadOnlySpan<byte> data, [NotNullWhen(true)] out T? message)
        where T : class
    {
        message = (T?)Cached<T>.Message.Decode(data);
        return message is not null;
    }

    /// <summary>Null unless the data is the canonical encoding of a message.</summary>
    public object? Decode(ReadOnlySpan<byte> data)
    {
        byte[] bytes = data.ToArray();
        return LibraryRead.OrNull(() =>
        {
            object message = Build(bytes);
            return Encode(message).AsSpan().SequenceEqual(bytes) ? message : null;
        });
    }

    /// <summary>The fields' values in the order of the ABI; those of a tuple are an array of their own.</summary>
    public object?[] Values(object message) => ValuesOf(_fields, message);

    private byte[] Encode(object message) => Encoder.EncodeAbiTypes(_types, Values(message));

    private object Build(byte[] bytes)
    {
        object message = Activator.CreateInstance(_type)!;
        var outputs = Fresh(_fields);
        Decoder.DecodeOutput(bytes, [.. outputs]);
        foreach (var output in outputs)
        {
            object? value = output.Result;
            if (output.ChildrenProperties is not null)
            {
                value = Activator.CreateInstance(output.PropertyInfo.PropertyType)!;
                Decoder.AssingValuesFromPropertyList(value, output);
            }

            output.PropertyInfo.SetValue(message, value);
        }

        return message;
    }

    // The library writes results into these.
    private static List<ParameterOutputProperty> Fresh(IEnumerable<ParameterOutputProperty> fields) =>
    [
        .. fields.Select(static field => new ParameterOutputProperty
        {
            Parameter = field.Parameter,
            PropertyInfo = field.PropertyInfo,
            ChildrenProperties = field.ChildrenProperties is { } children ? Fresh(children) : null,
        }),
    ];

    private static object?[] ValuesOf(IReadOnlyList<ParameterOutputProperty> fields, object message)
    {
        var values = new object?[fields.Count];
        for (int i = 0; i < values.Length; i++)
        {
            object? value = fields[i].PropertyInfo.GetValue(message);
            values[i] = fields[i].ChildrenProperties is { } children ? ValuesOf(children, value!) : value;
        }

        return values;
    }

    private static class Cached<T>
    {
        public static readonly AbiMessage Message = new(typeof(T));
    }

    private static class Selector<T>
    {
        public static readonly byte[] Bytes = Hex.Decode("0x" + new AttributesToABIExtractor().ExtractFunctionABI(typeof(T)).Sha3Signature);
    }
}
