using System.Globalization;
using System.Text;
using Kms.Core;
using Kms.Core.Authentication;
using Kms.Core.Json;
using Kms.Core.Node.Handover;
using Kms.Core.Node.Peers;
using Kms.Sim.Enclave;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Network;

/// <summary>
/// The host of genuine enclaves with the approved image, which owns the KMS app too. Their auxiliary ports give it documents with any
/// nonce and user data, but only with the enclave's long-lived key; it registers instances at will. It asks for the secret as two
/// members whose wallets it can sign with: one that it forged, by a document in which that wallet stands nested, and one whose keys
/// it got out of an enclave. No code inside ever asked for either.
/// </summary>
internal sealed class AuxiliaryThief
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly SimWorld _world;
    private readonly SimRandom _random;
    private readonly EnclaveKeys _forged;
    private readonly EnclaveKeys _idle;
    private readonly EnclaveKeys _leaked;
    private int _left;

    /// <param name="tries">How often it asks, as one and as the other.</param>
    public AuxiliaryThief(SimWorld world, SimRandom random, string label, int tries)
    {
        _world = world;
        _random = random;
        _left = tries;
        _forged = world.NewKeys(label + " forged");
        _idle = world.NewKeys(label + " idle");
        _leaked = world.NewKeys(label + " leaked");
    }

    public void Start()
    {
        foreach (var keys in (EnclaveKeys[])[_forged, _leaked])
        {
            _world.HostWallets.Add(keys.Identity.Wallet);
            _world.Register(keys, _world.Slots[0].Url);
        }

        Again();
    }

    private void Again()
    {
        _left--;
        int to = _random.Below(_world.Slots.Count);
        bool asForged = _left % 2 == 0;
        _world.Spawn("auxiliary thief", () => asForged ? AskAsync(to, _forged, _idle, Nested(_forged)) : AskAsync(to, _leaked, _leaked, JsonValue.Absent));
        if (_left > 0)
        {
            _world.Loop.After(Every, Again);
        }
    }

    private static JsonValue Nested(EnclaveKeys named) =>
        StrictJson.TryParse(Encoding.UTF8.GetBytes($$"""{"a":{"eth_addr":"{{named.Identity.Wallet}}"} }"""), Limits.MaxAttestedUserDataBytes, out var json)
            ? json
            : throw new InvalidOperationException("not JSON");

    private async Task AskAsync(int to, EnclaveKeys member, EnclaveKeys enclave, JsonValue userData)
    {
        if (_world.Slots[to].Current?.Wallet is not { } holder
            || _world.Ledger.Head.State.Kms.Epochs is not [.., { } epoch]
            || await NonceAsync(to) is not { } challenge
            || await NonceAsync(to) is not { } nonce)
        {
            return;
        }

        var terms = new HandoverTerms(SimWorld.ChainIdentity, epoch.Epoch, epoch.Hash, member.Identity.Wallet, holder);
        byte[] challengeBytes = Convert.FromBase64String(challenge);
        var document = SimHypervisor.Shared.Mint(
            terms.Nonce(HandoverRole.Receiver, challengeBytes),
            enclave.Identity.TeePublicKey,
            userData,
            enclave.Identity.Wallet,
            SimWorld.GoodImage,
            _world.TrueTime);
        byte[] body = new HandoverRequest(epoch.Epoch, epoch.Hash, _random.Bytes(Limits.HandoverNonceBytes), challengeBytes, document).Encode();
        string timestamp = _world.TrueTime.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = member.Wallet.SignMessage(ProofMessages.PeerV2(nonce, holder, timestamp, "POST", "/sync", body));
        _world.Log.Occurred("thief asked");
        _ = await SendAsync(to, new KmsRequest("POST", "/sync", PeerClient.Headers(nonce, timestamp, signature.ToString(), member.Identity.Wallet), body));
    }

    private async Task<string?> NonceAsync(int to)
    {
        var answer = await SendAsync(to, new KmsRequest("GET", "/nonce", [], default));
        return answer is { Status: 200 } && PeerJson.TryReadNonce(answer.Body, out string? nonce) ? nonce : null;
    }

    private Task<KmsResponse?> SendAsync(int to, KmsRequest request) =>
        _world.Network.SendFromOutsideAsync(new WireMessage(Attacker.Lane, to, request, Forged: true), Timeout);
}
