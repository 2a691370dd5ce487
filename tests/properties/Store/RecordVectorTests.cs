using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Kms.Core.Primitives;
using Kms.Core.Store;
using Kms.Properties.Vectors;

namespace Kms.Properties.Store;

/// <summary>docs/spec/vectors/record-aad.json, made from the specification with other software.</summary>
public sealed class RecordVectorTests
{
    [Fact]
    public void Associated_data_and_versions_are_encoded_as_specified()
    {
        foreach (var vector in VectorFile.SpecCases("record-aad.json"))
        {
            var id = Id(vector.GetProperty("id"))!.Value;
            long? expiryMs = vector.GetProperty("expiry_ms").ValueKind == JsonValueKind.Null ? null : long.Parse(vector.Text("expiry_ms"), CultureInfo.InvariantCulture);

            byte[] encoded = RecordAssociatedData.Encode(
                AppId.From(Number(vector, "app")), vector.Text("key"), id, Id(vector.GetProperty("parent")), vector.GetProperty("tombstone").GetBoolean(), expiryMs, Epoch.From(Number(vector, "epoch")));

            encoded.ShouldBe(vector.Hex("associated_data"), vector.Text("name"));
            RecordVersion.Format(id).ShouldBe(vector.Text("version"));
        }
    }

    [Property(MaxTest = 500)]
    public Property Two_records_share_an_encoding_only_if_all_that_it_covers_is_equal()
    {
        var records =
            from app in Gen.Choose(1, 2)
            from key in Gen.Elements("k", "kk", "\0k")
            from record in StoreGenerators.Records(AppId.From((ulong)app), key)
            select record with { Sealed = default };
        return Prop.ForAll(records.Two().ToArbitrary(), pair =>
            pair.Item1.AssociatedData().AsSpan().SequenceEqual(pair.Item2.AssociatedData()) == (pair.Item1 == pair.Item2));
    }

    private static WriteId? Id(JsonElement id) => id.ValueKind == JsonValueKind.Null
        ? null
        : new WriteId((long)Number(id, "timestamp_ms"), UInt128.Parse(id.Text("incarnation"), NumberStyles.HexNumber, CultureInfo.InvariantCulture), Number(id, "counter"));

    private static ulong Number(JsonElement element, string property) => ulong.Parse(element.Text(property), CultureInfo.InvariantCulture);
}
