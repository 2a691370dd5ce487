using FsCheck;
using FsCheck.Fluent;
using Kms.Core.Primitives;
using Kms.Core.Store;

namespace Kms.Properties.Store;

/// <summary>Small domains on purpose, so that equal ids, epochs and parents meet often.</summary>
internal static class StoreGenerators
{
    public static Gen<WriteId> WriteIds() =>
        from timestamp in Gen.Choose(1, 3)
        from incarnation in Gen.Choose(1, 3)
        from counter in Gen.Choose(1, 3)
        select new WriteId(timestamp, (UInt128)incarnation, (ulong)counter);

    public static Gen<StoredRecord> Records(AppId app, string key) =>
        from id in WriteIds()
        from parent in Gen.OneOf(Gen.Constant<WriteId?>(null), WriteIds().Select(value => (WriteId?)value))
        from tombstone in Gen.Elements(true, false)
        from expiry in Gen.Elements<long?>(null, 5, 6)
        from epoch in Gen.Choose(1, 2)
        from seed in Gen.Choose(0, 3)
        select new StoredRecord(app, key, new byte[28 + (tombstone ? 0 : 2)].Select(_ => (byte)seed).ToArray(), id, parent, tombstone, expiry, Epoch.From((ulong)epoch));
}
