using Kms.Core.Primitives;

namespace Kms.Core.Store;

/// <summary>Where a record lives: app and key, ordered by app and then by ordinal key.</summary>
internal readonly record struct RecordName(AppId App, string Key) : IComparable<RecordName>
{
    public int CompareTo(RecordName other)
    {
        int order = App.CompareTo(other.App);
        return order != 0 ? order : string.CompareOrdinal(Key, other.Key);
    }

    public static bool operator <(RecordName left, RecordName right) => left.CompareTo(right) < 0;

    public static bool operator >(RecordName left, RecordName right) => left.CompareTo(right) > 0;

    public static bool operator <=(RecordName left, RecordName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RecordName left, RecordName right) => left.CompareTo(right) >= 0;

    /// <summary>The app only: keys are the app's business, not the log's.</summary>
    public override string ToString() => $"app {App}";
}
