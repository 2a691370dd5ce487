using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Kms.Adapters.Ethereum;
using Kms.Adapters.Transport;
using Kms.Cli.Commands;
using Kms.Client;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet;

namespace Kms.Cli;

/// <summary>Shows on a real devnet that nodes agree, apps are apart, values converge, and a lost node is replaced.</summary>
internal sealed class Demo(Action<string> log)
{
    private const string Path = "demo/signing-key";
    private const string Key = "demo/greeting";
    private const string LaterKey = "demo/while-a-node-was-gone";
    private static readonly TimeSpan ConvergenceLimit = TimeSpan.FromSeconds(30);

    /// <returns>The figures of the last line.</returns>
    /// <exception cref="DemoException">Something did not hold; the message says what.</exception>
    /// <exception cref="DevnetException">The devnet did not start.</exception>
    public async Task<string> RunAsync(DevnetOptions options, CancellationToken cancel)
    {
        string summary;
        await using (var devnet = await DevnetCluster.StartAsync(options, log, cancel))
        {
            summary = await RunAsync(devnet, cancel);
        }

        log("demo: everything stopped");
        return summary;
    }

    private async Task<string> RunAsync(DevnetCluster devnet, CancellationToken cancel)
    {
        int nodes = devnet.Nodes.Count;
        var (fingerprint, epoch, agree) = await AgreeAsync(devnet, devnet.Nodes, cancel);
        await ShowOtherAppAsync(devnet, fingerprint, cancel);
        long convergenceMs = await ShowConvergenceAsync(devnet, Key, "hello from node 1", devnet.Nodes[0], devnet.Nodes, cancel);

        var lost = devnet.Nodes[^1];
        string oldWallet = lost.Wallet.ToString();
        await devnet.KillNodeAsync(lost);
        DevnetNode[] left = [.. devnet.Nodes.Where(node => node != lost)];
        var (after, _, _) = await AgreeAsync(devnet, left, cancel);
        Require(after == fingerprint, "the key changed when a node died");
        await ShowConvergenceAsync(devnet, LaterKey, "written while a node was gone", left[0], left, cancel);

        await devnet.RestartNodeAsync(lost, cancel);
        Require(lost.Wallet.ToString() != oldWallet, "the restarted node kept its identity");
        var (again, _, _) = await AgreeAsync(devnet, [lost], cancel);
        Require(again == fingerprint, "the restarted node derives another key");
        await ReadUntilAsync(devnet, lost, Key, "hello from node 1", cancel);
        await ReadUntilAsync(devnet, lost, LaterKey, "written while a node was gone", cancel);
        log($"demo: node {lost.Number} is back as {lost.Wallet} and has caught up");
        return string.Create(CultureInfo.InvariantCulture, $"nodes={nodes} epoch={epoch} agree={agree}/{nodes} convergence_ms={convergenceMs}");
    }

    private async Task<(string Fingerprint, ulong Epoch, int Agree)> AgreeAsync(DevnetCluster devnet, IReadOnlyList<DevnetNode> nodes, CancellationToken cancel)
    {
        string? first = null;
        ulong epoch = 0;
        foreach (var node in nodes)
        {
            using var connection = Connect(devnet, devnet.App, node);
            using var key = Value(await connection.Client.DeriveAsync(new DeriveRequest(Path), cancel), $"node {node.Number} did not derive");
            log($"demo: node {node.Number} derives {Path} of app {key.App}: fingerprint {key.Fingerprint}, epoch {key.Epoch}");
            first ??= key.Fingerprint;
            epoch = key.Epoch.Value;
            Require(key.Fingerprint == first, $"node {node.Number} derives another key than the others");
        }

        return (first ?? throw new DemoException("no node was asked"), epoch, nodes.Count);
    }

    private async Task ShowOtherAppAsync(DevnetCluster devnet, string fingerprint, CancellationToken cancel)
    {
        using var connection = Connect(devnet, devnet.OtherApp, devnet.Nodes[0]);
        using var key = Value(await connection.Client.DeriveAsync(new DeriveRequest(Path), cancel), "the other app got no key");
        log($"demo: another app ({key.App}) derives {Path}: fingerprint {key.Fingerprint}");
        Require(key.Fingerprint != fingerprint, "two apps got the same key");
    }

    private async Task<long> ShowConvergenceAsync(
        DevnetCluster devnet, string key, string text, DevnetNode writer, IReadOnlyList<DevnetNode> readers, CancellationToken cancel)
    {
        using var connection = Connect(devnet, devnet.App, writer);
        Value(await connection.Client.PutAsync(new PutRequest(key, Encoding.UTF8.GetBytes(text)), cancel), $"node {writer.Number} did not store");
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(readers.Where(node => node != writer).Select(node => ReadUntilAsync(devnet, node, key, text, cancel)).ToArray());
        log(string.Create(CultureInfo.InvariantCulture, $"demo: '{key}' written to node {writer.Number}, read from the others after {clock.ElapsedMilliseconds} ms"));
        return clock.ElapsedMilliseconds;
    }

    private static async Task ReadUntilAsync(DevnetCluster devnet, DevnetNode node, string key, string expected, CancellationToken cancel)
    {
        using var connection = Connect(devnet, devnet.App, node);
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var read = await connection.Client.GetAsync(key, cancel);
            if (read.TryGet(out var value))
            {
                using (value)
                {
                    Require(Encoding.UTF8.GetString(value.Bytes) == expected, $"node {node.Number} returned another value for '{key}'");
                    return;
                }
            }

            Require(clock.Elapsed < ConvergenceLimit, $"node {node.Number} did not have '{key}' after {ConvergenceLimit.TotalSeconds} s: {read.Detail}");
            await Task.Delay(20, cancel);
        }
    }

    private static ClientConnection Connect(DevnetCluster devnet, DevnetApp app, DevnetNode node)
    {
        var keys = app.Keys;
        var chain = new EthereumChain(new EthereumChainOptions(
            [devnet.RpcUrl], new ChainIdentity(devnet.ChainId, devnet.KmsRegistry), new FinalityRule.Depth(devnet.FinalityDepth)));
        string url = node.Url.GetLeftPart(UriPartial.Authority);
        var options = new KmsClientOptions { NodeUrls = [url], AddressExceptions = [new IPEndPoint(IPAddress.Loopback, node.Url.Port)] };
        return new ClientConnection(chain, new PinnedHttpTransport(new PinnedHttpTransportOptions()), AppKeys.Local(keys.WalletPrivateKey, keys.TeePrivateKeyPkcs8, keys.EnvelopeScheme), options);
    }

    private static T Value<T>(Result<T, KmsError> result, string otherwise) =>
        result.TryGet(out var value) ? value : throw new DemoException($"{otherwise}: {result.Failure} {result.Detail}");

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new DemoException(otherwise);
        }
    }
}
