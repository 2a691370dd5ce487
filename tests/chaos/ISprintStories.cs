namespace Kms.Chaos;

/// <summary>A class of stories that are told under Coyote together.</summary>
public interface ISprintStories
{
    /// <summary>Seeds of each story, each with a schedule of its own, that no run had before.</summary>
    static abstract int Runs { get; }

    /// <summary>One strategy for all; null: each seed draws its own.</summary>
    static abstract string? Strategy { get; }
}
