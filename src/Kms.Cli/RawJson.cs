namespace Kms.Cli;

/// <summary>JSON that a node wrote and the client has read strictly: part of a result as it is.</summary>
internal sealed record RawJson(string Text);
