using Kms.Core.Json;

namespace Kms.Sim.Workload;

/// <summary>What an app got back.</summary>
/// <param name="Status">Zero: nothing, or an answer whose signature does not verify.</param>
/// <param name="Body">Opened answer of a success; the error object else.</param>
internal sealed record WireAnswer(int Status, JsonValue? Body, string Detail)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    public string Text(string name) => Body![name].Text!;
}
