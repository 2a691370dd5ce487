using System.Runtime.CompilerServices;
using Kms.Core.Cryptography;
using Kms.Core.Json;
using Kms.Core.Ports;
using Kms.Core.Primitives;
using Kms.Devnet.Attestation;
using Kms.Devnet.Odyn;
using Kms.Sim.Chain;
using Kms.Sim.Kernel;
using Kms.Sim.World;

namespace Kms.Sim.Enclave;

/// <summary>
/// A node's enclave supervisor: real keys, signatures with v 0 or 1, real envelopes, each opened once, the wallet in every document,
/// as real ones have it; and every way of misbehaving.
/// </summary>
/// <param name="image">Which code the node claims to run.</param>
/// <param name="tell">Told of what is rare and worth a line: attestations, randomness, transactions.</param>
internal sealed class SimOdyn(
    ISimLoop loop, NodeLife life, PortTrouble trouble, EnclaveKeys keys, OdynFaults faults, SimRandom random, DateTimeOffset genesis, byte image, Action<string> tell) : IOdyn
{
    private const int SealNonceBytes = 12;

    private readonly Dictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private readonly SeenEnvelopes _opened = new();
    private readonly byte[] _repeated = random.Bytes(64);
    private byte[]? _oldDocument;

    /// <summary>One outside of a world: nothing happens to it but its faults.</summary>
    public static SimOdyn Alone(ISimLoop loop, EnclaveKeys keys, OdynFaults faults, DateTimeOffset genesis)
    {
        var life = new NodeLife(loop);
        var random = new SimRandom(keys.Identity.Wallet.ToArray()[0]);
        var trouble = new PortTrouble(loop, life, new ThrowingPorts(), random, new EventLog(loop, 0));
        return new SimOdyn(loop, life, trouble, keys, faults, random, genesis, SimWorld.GoodImage, _ => { });
    }

    public Task<Result<OdynIdentity, OdynFailure>> GetIdentityAsync(CancellationToken cancel) =>
        Call(() => Result<OdynIdentity, OdynFailure>.Ok((faults.Impostor ?? keys).Identity), cancel);

    public Task<Result<EthereumSignature, OdynFailure>> SignMessageAsync(string message, CancellationToken cancel) =>
        Call(() => Result<EthereumSignature, OdynFailure>.Ok(Sign(message)), cancel);

    public Task<Result<byte[], OdynFailure>> SignTransactionAsync(UnsignedTransaction transaction, CancellationToken cancel) =>
        Call(
            () =>
            {
                tell("signs a transaction");
                return Result<byte[], OdynFailure>.Ok(SimTransaction.Sign(keys.Identity.Wallet, transaction));
            },
            cancel);

    public Task<Result<byte[], OdynFailure>> RandomAsync(int count, CancellationToken cancel) =>
        Call(() => Result<byte[], OdynFailure>.Ok(Draw(count)), cancel);

    public Task<Result<OdynEnvelope, OdynFailure>> EncryptAsync(ReadOnlyMemory<byte> plaintext, TeePublicKey receiver, CancellationToken cancel)
    {
        var copy = plaintext.ToArray();
        faults.Plaintexts?.Invoke(nameof(EncryptAsync), plaintext);
        return Call(() => Result<OdynEnvelope, OdynFailure>.Ok((faults.Impostor ?? keys).Ecies.Seal(copy, receiver, random.Bytes(SealNonceBytes))), cancel);
    }

    public Task<Result<byte[], OdynFailure>> DecryptAsync(OdynEnvelope envelope, CancellationToken cancel) =>
        Call(() => Open(envelope), cancel);

    public Task<Result<byte[], OdynFailure>> AttestAsync(AttestationRequest request, CancellationToken cancel) =>
        Call(() => Result<byte[], OdynFailure>.Ok(Attest(request)), cancel);

    public Task<Result<byte[]?, OdynFailure>> GetObjectAsync(string key, CancellationToken cancel) =>
        Call(() => Result<byte[]?, OdynFailure>.Ok(_objects.GetValueOrDefault(key)), cancel);

    public Task<Result<bool, OdynFailure>> PutObjectAsync(string key, ReadOnlyMemory<byte> value, CancellationToken cancel)
    {
        _objects[key] = value.ToArray();
        return Call(() => Result<bool, OdynFailure>.Ok(true), cancel);
    }

    public Task<Result<bool, OdynFailure>> DeleteObjectAsync(string key, CancellationToken cancel) =>
        Call(() => Result<bool, OdynFailure>.Ok(_objects.Remove(key)), cancel);

    public Task<Result<IReadOnlyList<string>, OdynFailure>> ListObjectsAsync(string prefix, CancellationToken cancel) =>
        Call(
            () => Result<IReadOnlyList<string>, OdynFailure>.Ok(
                [.. _objects.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)]),
            cancel);

    private EthereumSignature Sign(string message)
    {
        var signature = (faults.Impostor ?? keys).Wallet.SignMessage(message);
        return faults.SignsOffset ? signature : signature.AsBare();
    }

    private Result<byte[], OdynFailure> Open(OdynEnvelope envelope)
    {
        if (!_opened.TryAdd(envelope.Sender, envelope.Nonce.Span) || !(faults.Impostor ?? keys).Ecies.TryOpen(envelope, out var plaintext))
        {
            return Result<byte[], OdynFailure>.Fail(OdynFailure.Refused, "does not open");
        }

        faults.Plaintexts?.Invoke(nameof(DecryptAsync), plaintext);
        return Result<byte[], OdynFailure>.Ok(plaintext);
    }

    private byte[] Draw(int count)
    {
        tell($"gets randomness: {faults.Randomness}");
        switch (faults.Randomness)
        {
            case OdynRandomness.Constant:
                return new byte[count];
            case OdynRandomness.Repeated:
                var repeated = new byte[count];
                for (int i = 0; i < count; i++)
                {
                    repeated[i] = _repeated[i % _repeated.Length];
                }

                return repeated;
            default:
                return random.Bytes(count);
        }
    }

    private byte[] Attest(AttestationRequest request)
    {
        tell($"attests: {faults.Attestation}");
        if (faults.Attestation == OdynAttestation.Garbage)
        {
            return random.Bytes(128);
        }

        if (faults.Attestation == OdynAttestation.Stale && _oldDocument is not null)
        {
            return _oldDocument;
        }

        var registers = faults.Attestation switch
        {
            OdynAttestation.WrongMeasurement => SimHypervisor.Registers((byte)(image + 100)),
            OdynAttestation.DebugMode => [new byte[48], new byte[48], new byte[48]],
            _ => SimHypervisor.Registers(image),
        };
        var wallet = (faults.Impostor ?? keys).Identity.Wallet;
        var fields = new AttestedFields(
            request.Nonce,
            request.PublicKey ?? keys.Identity.TeePublicKey,
            keys.Build.UserData(JsonValue.Absent, wallet));
        var form = faults.KeyForm ?? (random.Chance(0.5) ? AttestedKeyForm.RawPoint : AttestedKeyForm.Spki);
        var claims = SimHypervisor.Claims(fields, registers, genesis + loop.Now, form);
        var document = faults.Forges is { } forge ? forge(claims, SimHypervisor.Shared.Mint) : SimHypervisor.Shared.Mint(claims);
        _oldDocument ??= document;
        return document;
    }

    private Task<Result<T, OdynFailure>> Call<T>(Func<Result<T, OdynFailure>> answer, CancellationToken cancel, [CallerMemberName] string call = "")
    {
        if (trouble.IsDue(nameof(IOdyn)))
        {
            return trouble.ThrowAsync<Result<T, OdynFailure>>(nameof(IOdyn), cancel);
        }

        return faults.Before?.Invoke(call) is { IsCompleted: false } held ? AfterAsync(held, answer, cancel) : AnswerAsync(answer, cancel);
    }

    private async Task<Result<T, OdynFailure>> AfterAsync<T>(Task held, Func<Result<T, OdynFailure>> answer, CancellationToken cancel)
    {
        await held;
        return await AnswerAsync(answer, cancel);
    }

    private Task<Result<T, OdynFailure>> AnswerAsync<T>(Func<Result<T, OdynFailure>> answer, CancellationToken cancel)
    {
        if (faults.Hangs)
        {
            return life.HangAsync<Result<T, OdynFailure>>(cancel);
        }

        TimeSpan latency;
        lock (loop.Gate)
        {
            latency = (faults.Pace ?? TimeSpan.FromMicroseconds(random.Between(200, 4_000))) + faults.ExtraLatency;
        }

        return life.CallAsync(latency, () => faults.Fails is { } failure ? Result<T, OdynFailure>.Fail(failure, "no answer") : answer(), cancel);
    }
}
