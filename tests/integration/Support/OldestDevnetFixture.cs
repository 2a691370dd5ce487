namespace Kms.Integration.Support;

/// <summary>The same devnet beside the oldest release of the supervisor: v1.4.1 and before have an envelope of their own.</summary>
public sealed class OldestDevnetFixture() : DevnetFixture("1.4.1");
