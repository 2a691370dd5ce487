using Kms.Core.Primitives;

namespace Kms.Core.Membership;

/// <summary>The blocks that decisions are pinned to, as <see cref="ChainWatch"/> accepted them.</summary>
internal sealed record ChainHeads(BlockRef Final, BlockRef Latest);
