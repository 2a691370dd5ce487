using System.Buffers;
using System.Text.Json;
using Kms.Core.Node.Api;
using Kms.Core.Node.Serving;
using Kms.Core.Ports;
using Kms.Core.Primitives;

namespace Kms.Core.Node.Handlers;

/// <summary>The routes that anyone may ask: no I/O, no fan-out, nothing secret.</summary>
internal static class PublicHandlers
{
    public static byte[] Index() => Write(writer =>
    {
        writer.WriteString("service", "nova-kms");
        writer.WriteStartArray("proof_versions");
        writer.WriteNumberValue(1);
        writer.WriteNumberValue(2);
        writer.WriteEndArray();
        writer.WriteStartArray("endpoints");
        foreach (var endpoint in (string[])
        [
            "GET /health", "GET /status", "GET /nonce", "GET /nodes", "POST /kms/derive", "GET /kms/data",
            "GET /kms/data?key=", "GET /kms/data/{key}", "PUT /kms/data", "DELETE /kms/data", "POST /sync",
        ])
        {
            writer.WriteStringValue(endpoint);
        }

        writer.WriteEndArray();
    });

    /// <summary>Liveness only; readiness is <c>ready</c> in <c>/status</c>.</summary>
    public static byte[] Health() => Write(writer => writer.WriteString("status", "healthy"));

    public static byte[] Nonce(NodeServices services) => Write(writer => writer.WriteString("nonce", services.Nonces.Issue()));

    public static byte[] Status(Readiness readiness, NodeServices? services) => Write(writer => WriteStatus(writer, readiness, services));

    /// <summary>From cached probes, in the shape that existing clients read (finding M4).</summary>
    public static byte[] Nodes(NodeServices services) => Write(writer =>
    {
        var nodes = services.Status.Nodes;
        writer.WriteStartArray("operators");
        foreach (var node in nodes)
        {
            WriteNode(writer, node);
        }

        writer.WriteEndArray();
        writer.WriteNumber("count", nodes.Count);
    });

    /// <summary>What everybody may know (finding M1: nothing about secrets, peers or the store).</summary>
    internal static void WriteStatus(Utf8JsonWriter writer, Readiness readiness, NodeServices? services)
    {
        OdynIdentity? identity = services?.Identity;
        var shortfall = readiness.KeysRefused;
        bool ready = shortfall is null && services is not null;
        writer.WriteStartObject("node");
        writer.WriteString("tee_wallet", identity?.Wallet.ToString() ?? string.Empty);
        writer.WriteString("tee_pubkey", identity is null ? string.Empty : Hex.EncodeBare(identity.TeePublicKey.ToSpki()));
        writer.WriteString("node_url", services?.Status.NodeUrl ?? string.Empty);
        writer.WriteBoolean("is_operator", services?.Status.IsOperator ?? false);
        writer.WriteBoolean("service_available", ready);
        writer.WriteEndObject();
        writer.WriteBoolean("ready", ready);
        if (ready)
        {
            writer.WriteNull("reason");
        }
        else
        {
            var reason = shortfall?.Reason ?? NotReadyReason.Starting;
            writer.WriteString("reason", ApiErrors.ReasonCode(reason));
        }
    }

    internal static byte[] Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            content(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteNode(Utf8JsonWriter writer, NodeSummary node)
    {
        writer.WriteStartObject();
        writer.WriteString("operator", node.Wallet.ToString());
        writer.WriteStartObject("instance");
        writer.WriteString("tee_wallet", node.Wallet.ToString());
        writer.WriteString("tee_pubkey", node.TeePublicKey is null ? string.Empty : Hex.EncodeBare(node.TeePublicKey.ToSpki()));
        writer.WriteString("instance_url", node.Url);
        writer.WriteEndObject();
        writer.WriteStartObject("connection");
        writer.WriteBoolean("is_operator", node.IsOperator);
        writer.WriteBoolean("service_available", node.ServiceAvailable);
        if (node.ProbedAgoMs is { } ago)
        {
            writer.WriteNumber("probed_ago_ms", ago);
        }
        else
        {
            writer.WriteNull("probed_ago_ms");
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
