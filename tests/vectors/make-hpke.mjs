// Prints hpke-rfc9180.json. The inputs (ikm, psk, info) are those of RFC 9180, appendix A.1.1 to A.1.3; AES-128-GCM
// results are the RFC's own, AES-256-GCM ones come from the same inputs, since the appendix has none for this KEM.
// Run where @hpke/core is installed: node tests/vectors/make-hpke.mjs > tests/vectors/hpke-rfc9180.json
import { Aes128Gcm, Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';

const bytes = (hex) => new Uint8Array(hex.match(/../g).map((h) => parseInt(h, 16))).buffer;
const hex = (b) => Array.from(new Uint8Array(b), (x) => x.toString(16).padStart(2, '0')).join('');
const info = '4f6465206f6e2061204772656369616e2055726e';
const pt = '4265617574792069732074727574682c20747275746820626561757479';
const aad = '436f756e742d30';
const inputs = [
  {
    ikmE: '7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234',
    ikmR: '6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037',
  },
  {
    ikmE: '78628c354e46f3e169bd231be7b2ff1c77aa302460a26dbfa15515684c00130b',
    ikmR: 'd4a09d09f575fef425905d2ab396c1449141463f698f8efdb7accfaff8995098',
    psk: '0247fd33b913760fa1fa51e1892d9f307fbe65eb171e8132c2af18555a738b82',
    psk_id: '456e6e796e20447572696e206172616e204d6f726961',
  },
  {
    ikmE: '6e6d8f200ea2fb20c30b003a8b4f433d2f4ed4c2658d5bc8ce2fef718059c9f7',
    ikmR: 'f1d4a30a4cef8d6d4e3b016e6fd3799ea057db4f345472ed302a67ce1c20cdec',
    ikmS: '94b020ce91d73fca4649006c7e7329a67b40c55e9e93cc907d282bbbff386f58',
  },
];
const vectors = [];
for (const [aead_id, aead] of [[1, new Aes128Gcm()], [2, new Aes256Gcm()]]) {
  const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead });
  for (const v of inputs) {
    const [r, e] = [await suite.kem.deriveKeyPair(bytes(v.ikmR)), await suite.kem.deriveKeyPair(bytes(v.ikmE))];
    const s = v.ikmS && await suite.kem.deriveKeyPair(bytes(v.ikmS));
    const sender = await suite.createSenderContext({
      recipientPublicKey: r.publicKey, info: bytes(info), ekm: e,
      ...(v.psk && { psk: { key: bytes(v.psk), id: bytes(v.psk_id) } }), ...(s && { senderKey: s }),
    });
    const ct = await sender.seal(bytes(pt), bytes(aad));
    const raw = async (k) => hex(await suite.kem.serializePublicKey(k));
    vectors.push({ mode: v.psk ? 1 : s ? 2 : 0, kem_id: 32, kdf_id: 1, aead_id, info, ...v, enc: hex(sender.enc),
      pkRm: await raw(r.publicKey), ...(s && { pkSm: await raw(s.publicKey) }), pt, aad, ct: hex(ct) });
  }
}
console.log(JSON.stringify({ about: 'RFC 9180 appendix A.1.1-A.1.3 (aead_id 1), the same inputs with AES-256-GCM (aead_id 2)',
  vectors }, null, 1));
