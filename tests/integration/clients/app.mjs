// A client that shares no code with Nova KMS: it knows docs/spec/wire-v1.md and .devnet/devnet.json, and runs `cast` to sign.
// usage: CAST=path/to/cast node app.mjs [.devnet/devnet.json]
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createCipheriv, createDecipheriv, createPrivateKey, createPublicKey, diffieHellman, hkdfSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

const cast = process.env.CAST ?? 'cast';
const devnet = JSON.parse(readFileSync(process.argv[2] ?? '.devnet/devnet.json', 'utf8'));
const { app } = devnet;
const bytes = (hex) => Buffer.from(hex.replace(/^0x/, ''), 'hex');
const spki = (hex) => createPublicKey({ key: bytes(hex), format: 'der', type: 'spki' });
const ownKey = createPrivateKey({ key: bytes(app.teePrivateKeyPkcs8), format: 'der', type: 'pkcs8' });
const ownPublic = createPublicKey(ownKey).export({ format: 'der', type: 'spki' });
assert.deepEqual(ownPublic, bytes(app.teePublicKey));

// EIP-191 personal_sign, and the wallet that signed a message.
const sign = (message) => execFileSync(cast, ['wallet', 'sign', '--private-key', app.walletPrivateKey, message], { encoding: 'utf8' }).trim();
const isSignedBy = (wallet, message, signature) => {
  try {
    execFileSync(cast, ['wallet', 'verify', '--address', wallet, message, signature], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

// The supervisor's envelope: P-384 ECDH, HKDF-SHA256, AES-256-GCM. What HKDF is given depends on its release.
const infos = {
  'odyn-until-1.4.1': 'encryption data',
  'enclaver-from-1.4.2': 'enclaver-ecdh-aes256gcm-v1',
  'capsule-from-1.7.2': 'capsule-api-ecdh-aes256gcm-v1',
  'capsule-from-1.8.0': 'capsule-ecdh-aes256gcm-v1',
};
const info = infos[app.envelopeScheme];
assert.ok(info, `unknown scheme ${app.envelopeScheme}`);
const point = (der) => der.subarray(-97);
const aesKey = (peer, nonce) => {
  const points = [point(ownPublic), point(bytes(peer))].sort(Buffer.compare);
  const salt = info === 'encryption data' ? '' : Buffer.concat([...points, nonce]);
  return Buffer.from(hkdfSync('sha256', diffieHellman({ privateKey: ownKey, publicKey: spki(peer) }), salt, info, 32));
};

const seal = (node, payload) => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', aesKey(node.teePublicKey, nonce), nonce);
  const data = Buffer.concat([cipher.update(JSON.stringify(payload)), cipher.final(), cipher.getAuthTag()]);
  return JSON.stringify({ sender_tee_pubkey: ownPublic.toString('hex'), nonce: nonce.toString('hex'), encrypted_data: data.toString('hex') });
};

const open = (node, envelope) => {
  assert.equal(envelope.sender_tee_pubkey.replace(/^0x/, ''), node.teePublicKey.slice(2), 'the answer comes from another key');
  const data = bytes(envelope.encrypted_data);
  const nonce = bytes(envelope.nonce).subarray(0, 12);
  const decipher = createDecipheriv('aes-256-gcm', aesKey(node.teePublicKey, nonce), nonce);
  decipher.setAuthTag(data.subarray(-16));
  return JSON.parse(Buffer.concat([decipher.update(data.subarray(0, -16)), decipher.final()]).toString('utf8'));
};

// One request with a v1 proof; the answer's signature is checked.
const call = async (node, method, target, payload) => {
  const { nonce } = await (await fetch(`${node.url}/nonce`)).json();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = sign(`NovaKMS:AppAuth:${nonce}:${node.wallet}:${timestamp}`);
  const headers = { 'x-app-signature': signature, 'x-app-nonce': nonce, 'x-app-timestamp': timestamp };
  const body = payload === undefined ? undefined : seal(node, payload);
  const response = await fetch(node.url + target, { method, headers: body ? { ...headers, 'content-type': 'application/json' } : headers, body });
  const answer = await response.json();
  const proof = response.headers.get('x-kms-response-signature');
  assert.ok(proof && isSignedBy(node.wallet, `NovaKMS:Response:${signature}:${node.wallet}`, proof), `${method} ${target}: the answer is not signed by the node`);
  return { status: response.status, body: response.status === 200 ? open(node, answer) : answer };
};

const ok = async (...request) => {
  const { status, body } = await call(...request);
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.app_id, app.appId);
  return body;
};

const keys = new Set();
for (const node of devnet.nodes) {
  const status = await (await fetch(`${node.url}/status`)).json();
  assert.equal(status.node.tee_wallet, node.wallet);
  assert.equal(status.node.service_available, true);

  const derived = await ok(node, 'POST', '/kms/derive', { path: 'mjs/key', context: 'test', length: 48 });
  assert.equal(Buffer.from(derived.key, 'base64').length, 48);
  assert.equal(derived.length, 48);
  keys.add(derived.key);

  const key = `mjs/${node.wallet}`;
  const value = randomBytes(100).toString('base64');
  const stored = await ok(node, 'PUT', '/kms/data', { key, value });
  const read = await ok(node, 'GET', `/kms/data?key=${encodeURIComponent(key)}`);
  assert.equal(read.value, value);
  assert.equal(read.version, stored.version);
  const byPath = await ok(node, 'GET', `/kms/data/${key}`);
  assert.equal(byPath.value, value);
  const list = await ok(node, 'GET', '/kms/data');
  assert.ok(list.keys.includes(key));
  assert.equal(list.count, list.keys.length);
  const deleted = await ok(node, 'DELETE', '/kms/data', { key });
  assert.equal(deleted.deleted, true);
  const gone = await call(node, 'GET', `/kms/data?key=${encodeURIComponent(key)}`);
  assert.equal(gone.status, 404);
  assert.equal(gone.body.error.code, 'not_found');
}

assert.equal(keys.size, 1, 'the nodes derive different keys');
console.log(`ok: derive put get list delete on ${devnet.nodes.length} nodes`);
