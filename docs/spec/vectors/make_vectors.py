#!/usr/bin/env python3
"""Makes the vectors of this directory from docs/spec alone, with other software than the product's.

Needs Python 3.11, the package `cryptography`, and Foundry's `cast` (`npm ci` installs it). Not part of any build:

    python3 docs/spec/vectors/make_vectors.py node_modules/.bin/cast

Every input is SHA-256 or SHA-384 of a label, so the files are the same at every run.
"""
import hashlib, hmac, json, pathlib, subprocess, sys

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HERE = pathlib.Path(__file__).parent
CAST = sys.argv[1]


def seed(label):
    return hashlib.sha256(label.encode()).digest()


def hkdf(ikm, salt, info, length):
    prk = hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()
    out, block, counter = b"", b"", 1
    while len(out) < length:
        block = hmac.new(prk, block + info + bytes([counter]), hashlib.sha256).digest()
        out, counter = out + block, counter + 1
    return out[:length]


def write(name, about, cases):
    document = {"about": about, "made_with": "make_vectors.py: Python hmac/hashlib, cryptography (OpenSSL), Foundry cast", "cases": cases}
    (HERE / name).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")


def internal_keys():
    cases = []
    for epoch, purpose, length in [(1, "sync-channel", 32), (2, "sync-channel", 32), (1, "app-data:49", 32), (1, "app-data:4", 32),
                                   (18446744073709551615, "app-data:18446744073709551615", 64), (1, "p", 1), (3, "long", 1024)]:
        secret = seed(f"master secret {epoch}")
        cases.append({"master_secret": secret.hex(), "epoch": str(epoch), "purpose": purpose, "length": length,
                      "key": hkdf(secret, f"nova-kms:internal:{epoch}".encode(), purpose.encode(), length).hex()})
    write("internal-keys.json", "Internal keys: HKDF-SHA256, salt 'nova-kms:internal:<epoch>', info = purpose (ASCII). Epochs are decimal strings.", cases)


def node_random():
    def absorb(key, entropy, purpose):
        return hkdf(entropy, key, b"nova-kms:node-random:" + purpose, 32)

    def draw(key, length):
        nonce = (1).to_bytes(4, "little") + bytes(12)
        stream = Cipher(algorithms.ChaCha20(key, nonce), None).encryptor().update(bytes(32 + length))
        return stream[:32], stream[32:]

    cases = []
    for number, lengths in [(1, [32]), (2, [1, 16, 48]), (3, [1024, 1025, 2500])]:
        odyn, host, mixed = seed(f"odyn {number}"), seed(f"host {number}") + bytes(number), seed(f"mix {number}")[:number]
        key = absorb(absorb(bytes(32), odyn, b"odyn"), host, b"host")
        outputs = []
        for length in lengths:
            out = b""
            while len(out) < length:
                key, part = draw(key, min(1024, length - len(out)))
                out += part
            outputs.append(out.hex())
        key = absorb(key, mixed, b"mix")
        _, after = draw(key, 32)
        cases.append({"odyn_entropy": odyn.hex(), "host_entropy": host.hex(), "outputs": outputs, "mixed": mixed.hex(), "after_mixing": after.hex()})
    write("node-random.json", "The node's generator: key stream requests in order, then entropy mixed in, then 32 bytes more.", cases)


def handover_seal():
    def private(label):
        return ec.derive_private_key(int.from_bytes(hashlib.sha384(label.encode()).digest(), "big") >> 1, ec.SECP384R1())

    def point(key):
        return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def scalar(key):
        return key.private_numbers().private_value.to_bytes(48, "big").hex()

    def sealed(sender, receiver, transcript, nonce, secret):
        digest = hashlib.sha256(transcript).digest()
        x = sender.exchange(ec.ECDH(), receiver.public_key())
        key = hkdf(x, digest, b"nova-kms:handover:1" + point(sender) + point(receiver), 32)
        return nonce + AESGCM(key).encrypt(nonce, secret, digest)

    sender, receiver, other = private("sender"), private("receiver"), private("other")
    secret, nonce, transcript = seed("master secret 1"), seed("nonce")[:12], b"hello" + seed("transcript") * 4
    good = sealed(sender, receiver, transcript, nonce, secret)
    flipped = good[:20] + bytes([good[20] ^ 1]) + good[21:]
    def case(why, data, own=receiver, peer=sender, script=transcript, opens=False):
        return {"why": why, "own_scalar": scalar(own), "peer_point": point(peer).hex(), "transcript": script.hex(), "sealed": data.hex(),
                "opens": opens, **({"master_secret": secret.hex()} if opens else {})}
    write("handover-seal.json", "A master secret sealed for one peer. 'own' is whoever opens. sealed = nonce(12) || ciphertext(32) || tag(16).", [
        case("the receiver opens it", good, opens=True),
        case("empty transcript", sealed(sender, receiver, b"", nonce, secret), script=b"", opens=True),
        case("another transcript", good, script=transcript + b"!"),
        case("another receiver", good, own=other),
        case("another sender", good, peer=other),
        case("reflected to its sender", good, own=sender, peer=receiver),
        case("one bit flipped", flipped),
        case("truncated", good[:-1]),
        case("one byte too many", good + b"\0"),
    ])


def handover_nonce():
    cases = []
    for number, chain, epoch, role in [(0, 1, 1, 1), (1, 1, 1, 2), (2, 84532, 2, 1), (3, 2**64 - 1, 2**64 - 1, 2)]:
        contract, receiver, sender = (seed(f"{what} {number}")[:20] for what in ("contract", "receiver", "sender"))
        secret_hash, challenge = seed(f"hash {number}"), (seed(f"challenge {number}") + seed("more"))[:48 if role == 1 else 32]
        terms = chain.to_bytes(8, "big") + contract + epoch.to_bytes(8, "big") + secret_hash + receiver + sender + bytes([role])
        cases.append({"chain_id": chain, "contract": "0x" + contract.hex(), "epoch": epoch, "hash": "0x" + secret_hash.hex(),
                      "receiver": "0x" + receiver.hex(), "sender": "0x" + sender.hex(), "role": role, "challenge": "0x" + challenge.hex(),
                      "nonce": "0x" + hashlib.sha256(b"nova-kms:handover:2" + terms + challenge).hexdigest()})
    write("handover-nonce.json", "The nonce of attestation documents in a handover: SHA-256 over label, terms, role (1 receiver, 2 sender) and the other side's challenge.", cases)


def messages():
    key = seed("wallet").hex()
    def cast(*arguments):
        return subprocess.run([CAST, *arguments], check=True, capture_output=True, text=True).stdout.strip()
    wallet = cast("wallet", "address", "--private-key", "0x" + key).lower()
    kms, contract = "0x9f95dd44afbca39ec645079480cc38e184ddadfa", "0x934744f9d931ecb8f80fa164b3dc0b7d29691a0f"
    nonce = "QnxzNXLmUTeK87+doFV3xQ=="
    client = cast("wallet", "sign", "--private-key", "0x" + seed("client").hex(), "a request")
    body, secret_hash = b'{"sender_tee_pubkey":"00","nonce":"00","encrypted_data":"00"}', "0x" + seed("hash").hex()
    proof = {"nonce": nonce, "recipient": kms, "timestamp": 1760000000}
    rows = [
        ("app-proof-1", proof, ""),
        ("app-proof-2", {**proof, "method": "POST", "target": "/kms/derive"}, body),
        ("app-proof-2", {**proof, "method": "GET", "target": "/kms/data?key=a%2Fb"}, b""),
        ("peer-proof-2", {**proof, "method": "POST", "target": "/sync"}, body),
        ("response-1", {"client_signature": client}, ""),
        ("response-2", {"client_signature": client, "status": 200}, body),
        ("response-2", {"client_signature": client, "status": 503}, b""),
        ("propose", {"chain_id": 84532, "contract": contract, "epoch": 1, "hash": secret_hash, "proposal": 0, "deadline": 1760000600}, ""),
        ("confirm", {"chain_id": 84532, "contract": contract, "epoch": 1, "hash": secret_hash, "proposal": 7, "deadline": 1760000600}, ""),
    ]

    def text(kind, p, covered):
        digest = hashlib.sha256(covered or b"").hexdigest()
        match kind:
            case "app-proof-1":
                return f"NovaKMS:AppAuth:{p['nonce']}:{p['recipient']}:{p['timestamp']}"
            case "app-proof-2":
                return f"NovaKMS:AppAuth:2:{p['nonce']}:{p['recipient']}:{p['timestamp']}:{p['method']}:{p['target']}:{digest}"
            case "peer-proof-2":
                return f"NovaKMS:Auth:2:{p['nonce']}:{p['recipient']}:{p['timestamp']}:{p['method']}:{p['target']}:{digest}"
            case "response-1":
                return f"NovaKMS:Response:{p['client_signature']}:{wallet}"
            case "response-2":
                return f"NovaKMS:Response:2:{p['client_signature']}:{wallet}:{p['status']}:{digest}"
            case "propose" | "confirm":
                return (f"NovaKMS:{kind.capitalize()}:{p['chain_id']}:{p['contract']}:{p['epoch']}:{p['hash']}:"
                        f"{p['proposal']}:{p['deadline']}")

    write("messages.json", "Texts that are signed (EIP-191 personal_sign, RFC 6979, low s). wallet signs; body is what the sha256 in the text covers.", [
        {"kind": kind, "private_key": key, "wallet": wallet, "parts": parts, "body": covered.decode() if covered else "",
         "message": text(kind, parts, covered), "signature": cast("wallet", "sign", "--private-key", "0x" + key, text(kind, parts, covered))}
        for kind, parts, covered in rows])


internal_keys()
node_random()
handover_seal()
handover_nonce()
messages()
