// The KMS client that the platform's supervisor has built in, written from its description alone (docs/spec/wire-v1.md says what
// nodes owe it): discovery from the app registry, v 0/1 only, three rounds over all nodes, keys form-urlencoded in the path, app
// wallets. Its own supervisor (the devnet's emulator) signs and seals, as in an enclave. Imports nothing but node: modules.
// usage: node platform.mjs DEVNET_JSON KMS_APP_ID
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { keccak256, recover } from './ethereum.mjs';

const devnet = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const kmsAppId = BigInt(process.argv[3]);
const supervisor = devnet.app.odynUrl;
const bare = (hex) => hex.replace(/^0x/i, '').toLowerCase();
const timeLimit = 10_000, rounds = 3, pauseMs = 150;

// --- the chain -------------------------------------------------------------------------------------------------------------
const ethCall = async (to, data) => {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_call', params: [{ to, data }, 'latest'] });
  const answer = await (await fetch(devnet.rpcUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json();
  assert.ok(answer.result, JSON.stringify(answer));
  return Buffer.from(bare(answer.result), 'hex');
};
const word = (value) => value.toString(16).padStart(64, '0');
const number = (data, at) => BigInt('0x' + data.subarray(at, at + 32).toString('hex'));
const address = (data, at) => '0x' + data.subarray(at + 12, at + 32).toString('hex');
const dynamic = (data, at) => data.subarray(at + 32, at + 32 + Number(number(data, at)));

const activeInstances = async (appId) => {
  const data = await ethCall(devnet.contracts.novaAppRegistry, '0x8c228cbf' + word(appId));
  const at = Number(number(data, 0));
  return Array.from({ length: Number(number(data, at)) }, (_, i) => address(data, at + 32 * (i + 1)));
};
const instanceByWallet = async (wallet) => {
  const data = await ethCall(devnet.contracts.novaAppRegistry, '0x9863f8a2' + bare(wallet).padStart(64, '0'));
  const tuple = data.subarray(Number(number(data, 0)));
  return {
    appId: number(tuple, 32),
    url: dynamic(tuple, Number(number(tuple, 128))).toString('utf8'),
    teePubkey: dynamic(tuple, Number(number(tuple, 160))).toString('hex'),
    wallet: address(tuple, 192),
  };
};

// --- nodes: those of the registry that answer and are who the registry says --------------------------------------------------
const reachable = async () => {
  const nodes = [];
  for (const wallet of await activeInstances(kmsAppId)) {
    const instance = await instanceByWallet(wallet);
    try {
      const response = await fetch(`${instance.url}/status`, { signal: AbortSignal.timeout(timeLimit) });
      const { node } = await response.json();
      if (response.ok && bare(node.tee_wallet) === bare(wallet) && bare(node.tee_pubkey) === bare(instance.teePubkey)) {
        nodes.push(instance);
      }
    } catch {
      // Not reachable: the others are asked.
    }
  }
  return nodes;
};

// --- its own supervisor -------------------------------------------------------------------------------------------------------
const own = async (path, body) => {
  const response = await fetch(supervisor + path, body
    ? { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {});
  assert.ok(response.ok, `${path}: ${response.status}`);
  return response.json();
};
const { address: ownWallet } = await own('/v1/eth/address');

const attempt = async (node, method, target, payload) => {
  const signal = AbortSignal.timeout(timeLimit);
  const { nonce } = await (await fetch(`${node.url}/nonce`, { signal })).json();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const { signature } = await own('/v1/eth/sign', { message: `NovaKMS:AppAuth:${nonce}:${node.wallet}:${timestamp}`, include_attestation: false });
  assert.ok([0, 1].includes(parseInt(signature.slice(-2), 16)), 'a supervisor writes v as 0 or 1');
  const headers = { 'x-app-signature': signature, 'x-app-nonce': nonce, 'x-app-timestamp': timestamp, 'x-app-wallet': ownWallet };
  let body;
  if (payload !== undefined) {
    const sealed = await own('/v1/encryption/encrypt', { plaintext: JSON.stringify(payload), client_public_key: '0x' + node.teePubkey });
    body = JSON.stringify({ sender_tee_pubkey: sealed.enclave_public_key, nonce: sealed.nonce, encrypted_data: sealed.encrypted_data });
    headers['content-type'] = 'application/json';
  }
  const response = await fetch(node.url + target, { method, headers, body, signal });
  const text = await response.text();
  if (!response.ok) {
    return { status: response.status, text };
  }
  const proof = response.headers.get('x-kms-response-signature');
  assert.ok(proof, 'a success is signed');
  // v is taken as it stands: 27 and 28 recover nothing.
  assert.equal(recover(`NovaKMS:Response:${signature}:${node.wallet}`, proof), node.wallet, `the answer is not signed by ${node.wallet}, or with v of 27 or 28`);
  const envelope = JSON.parse(text);
  assert.equal(bare(envelope.sender_tee_pubkey), bare(node.teePubkey), 'the answer comes from another key');
  const { plaintext } = await own('/v1/encryption/decrypt', {
    nonce: '0x' + bare(envelope.nonce), client_public_key: '0x' + bare(envelope.sender_tee_pubkey), encrypted_data: '0x' + bare(envelope.encrypted_data),
  });
  return { status: response.status, body: JSON.parse(plaintext) };
};

// Three rounds over all nodes; any failure goes on to the next; a 404 is the answer only when nobody succeeds.
const call = async (method, target, payload) => {
  let missing = null, last = null;
  for (let round = 0; round < rounds; round++) {
    for (const node of await reachable()) {
      try {
        const answer = await attempt(node, method, target, payload);
        if (answer.body) return answer;
        if (answer.status === 404) missing = answer;
        last = new Error(`${answer.status} ${answer.text}`);
      } catch (error) {
        last = error;
      }
    }
    if (missing) return missing;
    await new Promise((resume) => setTimeout(resume, pauseMs));
  }
  throw last ?? new Error('no node is reachable');
};

// --- what apps see of it: derive, kv/get, kv/put, kv/delete --------------------------------------------------------------------
const formUrlencoded = (text) => new URLSearchParams({ k: text }).toString().slice(2);
const derive = async (path) => (await call('POST', '/kms/derive', { path })).body.key;
const get = async (key) => {
  const { status, body } = await call('GET', `/kms/data/${formUrlencoded(key)}`);
  return status === 404 ? null : Buffer.from(body.value, 'base64').toString('utf8');
};
const put = async (key, value) => (await call('PUT', '/kms/data', { key, value: Buffer.from(value).toString('base64') })).body;
const remove = async (key) => (await call('DELETE', '/kms/data', { key })).body;

const main = 'wallet/eth/app/main';
let made = 0;
const appWallet = async () => {
  const stored = [await get(`${main}/private_key`), await get(`${main}/address`)];
  if (stored.every((value) => value === null)) {
    made++;
    const privateKey = keccak256(Buffer.from(`wallet ${Math.random()}`)).toString('hex');
    await put(`${main}/private_key`, privateKey);
    await put(`${main}/address`, '0x' + privateKey.slice(0, 40));
    return appWallet();
  }
  return stored;
};

const nodes = await reachable();
assert.equal(nodes.length, devnet.nodes.length, 'every node of the registry is who the registry says');
assert.equal(await derive('platform/key'), await derive('platform/key'));
for (const key of ['platform/plain', 'with a space', 'a+b=c&d', 'ключ/€', 'slash//twice', '100%25']) {
  const value = `value of ${key}`;
  await put(key, value);
  assert.equal(await get(key), value, key);
  await remove(key);
  assert.equal(await get(key), null, key);
}
for (const name of ['private_key', 'address']) await remove(`${main}/${name}`); // of a run before: an app would never
const wallet = await appWallet();
assert.deepEqual(await appWallet(), wallet, 'a wallet that is there is never made again');
assert.equal(made, 1);
console.log(`ok: derive get put delete wallet on ${nodes.length} nodes`);
