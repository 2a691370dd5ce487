namespace Kms.Core.Node;

/// <summary>What a node does for its cluster while the reason stands. Each includes the one before.</summary>
internal enum StillDoes
{
    /// <summary>Nothing: it cannot tell who is a member.</summary>
    Nothing,

    /// <summary>Answers members and status readers.</summary>
    Answers,

    /// <summary>Acts by itself: about secrets, on the chain, towards peers.</summary>
    Acts,
}
