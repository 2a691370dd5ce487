// Keccak-256 and EIP-191 recovery, as small as they get, for clients that share no code with the product.
const mask = (1n << 64n) - 1n;
const rotate = (x, n) => n === 0n ? x : ((x << n) | (x >> (64n - n))) & mask;

const constants = (() => {
  // FIPS 202, section 3.2.5: the round constants come from a shift register.
  let r = 1;
  const bit = () => { const out = r & 1; r = (r << 1) ^ ((r >> 7) * 0x171); return out; };
  return Array.from({ length: 24 }, () => {
    let c = 0n;
    for (let j = 0; j < 7; j++) if (bit()) c |= 1n << BigInt((1 << j) - 1);
    return c;
  });
})();

const permute = (s) => {
  for (let round = 0; round < 24; round++) {
    const c = Array.from({ length: 5 }, (_, x) => s[x] ^ s[x + 5] ^ s[x + 10] ^ s[x + 15] ^ s[x + 20]);
    for (let x = 0; x < 5; x++) {
      const d = c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1n);
      for (let y = 0; y < 25; y += 5) s[x + y] ^= d;
    }
    let [x, y, moved] = [1, 0, s[1]];
    for (let t = 0; t < 24; t++) {
      [x, y] = [y, (2 * x + 3 * y) % 5];
      const at = x + 5 * y, next = s[at];
      s[at] = rotate(moved, BigInt(((t + 1) * (t + 2) / 2) % 64));
      moved = next;
    }
    for (let row = 0; row < 25; row += 5) {
      const line = s.slice(row, row + 5);
      for (let i = 0; i < 5; i++) s[row + i] = line[i] ^ (~line[(i + 1) % 5] & mask & line[(i + 2) % 5]);
    }
    s[0] ^= constants[round];
  }
};

export const keccak256 = (bytes) => {
  const rate = 136;
  const padded = Buffer.alloc((Math.floor(bytes.length / rate) + 1) * rate);
  bytes.copy(padded);
  padded[bytes.length] ^= 0x01;
  padded[padded.length - 1] ^= 0x80;
  const state = Array(25).fill(0n);
  for (let block = 0; block < padded.length; block += rate) {
    for (let i = 0; i < rate / 8; i++) state[i] ^= padded.readBigUInt64LE(block + 8 * i);
    permute(state);
  }
  const out = Buffer.alloc(32);
  for (let i = 0; i < 4; i++) out.writeBigUInt64LE(state[i], 8 * i);
  return out;
};

// secp256k1 (SEC 2), affine.
const p = 2n ** 256n - 2n ** 32n - 977n;
const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const g = [0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n, 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n];
const mod = (a, m) => ((a % m) + m) % m;
const power = (base, exponent, m) => { let out = 1n; for (let b = mod(base, m), e = exponent; e > 0n; e >>= 1n, b = b * b % m) if (e & 1n) out = out * b % m; return out; };
const inverse = (a, m) => power(a, m - 2n, m);
const add = (a, b) => {
  if (!a || !b) return a ?? b;
  if (a[0] === b[0] && mod(a[1] + b[1], p) === 0n) return null;
  const slope = a[0] === b[0] ? 3n * a[0] * a[0] * inverse(2n * a[1], p) : (b[1] - a[1]) * inverse(mod(b[0] - a[0], p), p);
  const x = mod(slope * slope - a[0] - b[0], p);
  return [x, mod(slope * (a[0] - x) - a[1], p)];
};
const multiply = (point, k) => { let out = null; for (let q = point, e = k; e > 0n; e >>= 1n, q = add(q, q)) if (e & 1n) out = add(out, q); return out; };

// The wallet that signed a message (EIP-191), v taken as 0..3 as it stands; null when nothing recovers.
export const recover = (message, signature) => {
  const bytes = Buffer.from(signature.replace(/^0x/, ''), 'hex');
  const v = bytes[64];
  if (bytes.length !== 65 || v > 3) return null;
  const r = BigInt('0x' + bytes.subarray(0, 32).toString('hex')), s = BigInt('0x' + bytes.subarray(32, 64).toString('hex'));
  const x = r + (v & 2 ? n : 0n);
  let y = power(x ** 3n + 7n, (p + 1n) / 4n, p);
  if (mod(y * y - x ** 3n - 7n, p) !== 0n) return null;
  if ((y & 1n) !== BigInt(v & 1)) y = p - y;
  const text = Buffer.from(message, 'utf8');
  const digest = BigInt('0x' + keccak256(Buffer.concat([Buffer.from(`\x19Ethereum Signed Message:\n${text.length}`), text])).toString('hex'));
  const key = multiply(add(multiply([x, y], s), multiply(g, mod(-digest, n))), inverse(r, n));
  const point = Buffer.from(key[0].toString(16).padStart(64, '0') + key[1].toString(16).padStart(64, '0'), 'hex');
  return '0x' + keccak256(point).subarray(12).toString('hex');
};
