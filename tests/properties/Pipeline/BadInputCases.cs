using System.Text;
using Kms.Core;
using Kms.Core.Authentication;
using Kms.Core.Cryptography;
using Kms.Core.Membership;
using Kms.Core.Node;
using Kms.Core.Node.Api;
using Kms.Core.Node.Pipeline;
using Kms.Core.Primitives;
using Kms.Core.Registry;
using Kms.Properties.Fakes;

namespace Kms.Properties.Pipeline;

/// <summary>The table of issue 2: every route × every way to get it wrong.</summary>
internal static class BadInputCases
{
    /// <summary>For every route that wants a proof.</summary>
    public static readonly BadInput[] Proofs =
    [
        new("no_proof", ApiError.ProofMissing, (world, route) => Edit(route.Good(world), headers => headers.RemoveAll(h => IsProof(h.Key)), keepSignatureFor: route)),
        new("no_nonce", ApiError.ProofMissing, (world, route) => Without(route.Good(world), "nonce")),
        new("no_timestamp", ApiError.ProofMissing, (world, route) => Without(route.Good(world), "timestamp")),
        new("nonce_not_base64", ApiError.ProofMalformed, (world, route) => With(world, route, nonce: "!!!!")),
        new("nonce_short", ApiError.ProofMalformed, (world, route) => With(world, route, nonce: "AAAA")),
        new("nonce_with_space", ApiError.ProofMalformed, (world, route) => With(world, route, nonce: " " + world.Nonces.Issue())),
        new("nonce_of_another_boot", ApiError.NonceNotOurs, (world, route) => With(world, route, nonce: ForeignNonce(world))),
        new("nonce_made_up", ApiError.NonceNotOurs, (world, route) => With(world, route, nonce: Convert.ToBase64String(new byte[Limits.NonceBytes]))),
        new("nonce_expired", ApiError.NonceExpired, ExpiredNonce),
        new("nonce_replayed", ApiError.NonceReplayed, ReplayedNonce, Signed: true),
        new("timestamp_old", ApiError.TimestampStale, (world, route) => With(world, route, timestamp: Seconds(world.NowSeconds - (Limits.ProofMaxAgeMs / 1000) - 1))),
        new("timestamp_ahead", ApiError.TimestampStale, (world, route) => With(world, route, timestamp: Seconds(world.NowSeconds + (Limits.ProofMaxSkewMs / 1000) + 1))),
        new("timestamp_negative", ApiError.ProofMalformed, (world, route) => With(world, route, timestamp: "-1")),
        new("timestamp_text", ApiError.ProofMalformed, (world, route) => With(world, route, timestamp: "now")),
        new("timestamp_fraction", ApiError.ProofMalformed, (world, route) => With(world, route, timestamp: Seconds(world.NowSeconds) + ".5")),
        new("timestamp_leading_zero", ApiError.ProofMalformed, (world, route) => With(world, route, timestamp: "0" + Seconds(world.NowSeconds))),
        new("timestamp_huge", ApiError.ProofMalformed, (world, route) => With(world, route, timestamp: new string('9', 19))),
        new("signature_short", ApiError.SignatureInvalid, (world, route) => With(world, route, signature: s => s.ToString()[..^2])),
        new("signature_long", ApiError.SignatureInvalid, (world, route) => With(world, route, signature: s => s + "00")),
        new("signature_not_hex", ApiError.SignatureInvalid, (world, route) => With(world, route, signature: s => s.ToString()[..^2] + "zz")),
        new("signature_high_s", ApiError.SignatureInvalid, (world, route) => With(world, route, signature: HighS)),
        new("signature_v_two", ApiError.SignatureInvalid, (world, route) => With(world, route, signature: s => s.ToString()[..^2] + "02")),
        new("signature_v_29", ApiError.SignatureInvalid, (world, route) => With(world, route, signature: s => s.ToString()[..^2] + "1d")),
        new("signature_zero", ApiError.SignatureInvalid, (world, route) => With(world, route, signature: _ => "0x" + new string('0', 128) + "1b")),
        new("signature_empty", ApiError.SignatureInvalid, (world, route) => With(world, route, signature: _ => "")),
        new("wrong_recipient", ApiError.WrongSigner, (world, route) => With(world, route, recipient: world.OtherApp.Wallet)),
        new("claimed_wallet_of_another", ApiError.WrongSigner, (world, route) => Replace(route.Good(world), "wallet", world.OtherApp.Wallet.ToString())),
        new("claimed_wallet_malformed", ApiError.ProofMalformed, (world, route) => Replace(route.Good(world), "wallet", "0x12")),
        new("pop_unknown", ApiError.ProofMalformed, (world, route) => Replace(route.Good(world), "pop", "3")),
        new("repeated_header", ApiError.RepeatedHeader, (world, route) => Edit(route.Good(world), h => h.Add(new(route.IsPeer ? "X-Kms-Extra" : "X-App-Extra", "a")), h => h.Add(new(route.IsPeer ? "x-kms-extra" : "x-app-extra", "b")))),
        new("repeated_signature", ApiError.RepeatedHeader, (world, route) => Edit(route.Good(world), h => h.Add(new(h[0].Key.ToUpperInvariant(), h[0].Value)))),
        new("content_encoding", ApiError.ContentEncoding, (world, route) => Edit(route.Good(world), h => h.Add(new("content-encoding", "gzip")))),
        new("too_many_headers", ApiError.BadRequest, (world, route) => Edit(route.Good(world), h => h.AddRange(Enumerable.Range(0, 65).Select(i => new KeyValuePair<string, string>($"h{i}", "v"))))),
        new("header_too_long", ApiError.BadRequest, (world, route) => Edit(route.Good(world), h => h.Add(new("cookie", new string('a', Limits.MaxHeaderValueBytes + 1))))),
        new("v2_other_method", ApiError.WrongSigner, (world, route) => With(world, route, signedMethod: "PATCH")),
        new("v2_other_target", ApiError.WrongSigner, (world, route) => With(world, route, signedTarget: "/kms/other")),
        new("v2_other_body", ApiError.WrongSigner, (world, route) => With(world, route, signedBody: [9, 9])),
    ];

    /// <summary>For every app route: the two versions of proofs, and what the registry has to say.</summary>
    public static readonly BadInput[] Registry =
    [
        new("v2_sent_as_v1", ApiError.WrongSigner, (world, route) => Without(route.Good(world), "pop")),
        new("v1_sent_as_v2", ApiError.WrongSigner, (world, route) => Edit(route.Good(world, version: 1), headers => headers.Add(new("x-app-pop", "2")))),
        new("v1_wrong_recipient", ApiError.WrongSigner, (world, route) => world.App.Request(route.Method, route.Target, route.Body(world), 1, recipient: world.OtherApp.Wallet)),
        new("v1_wrong_recipient_unclaimed", ApiError.UnknownWallet, (world, route) => world.App.Request(route.Method, route.Target, route.Body(world), 1, recipient: world.OtherApp.Wallet, claim: false), Signed: true),
        new("unknown_wallet", ApiError.UnknownWallet, (world, route) => Facts(world, route, f => f with { Instance = null, App = null, Version = null }), Signed: true),
        new("instance_stopped", ApiError.InstanceNotActive, (world, route) => Facts(world, route, f => f with { Instance = f.Instance! with { Status = InstanceStatus.Stopped } }), Signed: true),
        new("instance_failed", ApiError.InstanceNotActive, (world, route) => Facts(world, route, f => f with { Instance = f.Instance! with { Status = InstanceStatus.Failed } }), Signed: true),
        new("not_zk_verified", ApiError.NotZkVerified, (world, route) => Facts(world, route, f => f with { Instance = f.Instance! with { ZkVerified = false } }), Signed: true),
        new("app_inactive", ApiError.AppNotActive, (world, route) => Facts(world, route, f => f with { App = f.App! with { Status = AppStatus.Inactive } }), Signed: true),
        new("app_revoked", ApiError.AppNotActive, (world, route) => Facts(world, route, f => f with { App = f.App! with { Status = AppStatus.Revoked } }), Signed: true),
        new("app_unknown", ApiError.AppNotActive, (world, route) => Facts(world, route, f => f with { App = null }), Signed: true),
        new("version_revoked", ApiError.VersionNotAllowed, (world, route) => Facts(world, route, f => f with { Version = f.Version! with { Status = VersionStatus.Revoked } }), Signed: true),
        new("version_unknown", ApiError.VersionNotAllowed, (world, route) => Facts(world, route, f => f with { Version = null }), Signed: true),
        new("version_without_measurement", ApiError.VersionNotAllowed, (world, route) => Facts(world, route, f => f with { Version = f.Version! with { CodeMeasurement = Bytes32.Zero } }), Signed: true),
        new("no_tee_key", ApiError.TeeKeyMissing, (world, route) => Facts(world, route, f => f with { Instance = f.Instance! with { TeePublicKey = null } }), Signed: true),
    ];

    /// <summary>For every route that takes an envelope.</summary>
    public static readonly BadInput[] Envelopes =
    [
        new("body_empty", ApiError.BadJson, (world, route) => Body(world, route, []), Signed: true),
        new("body_plaintext", ApiError.BadEnvelope, (world, route) => Body(world, route, Utf8(route.Inner!)), Signed: true),
        new("body_plaintext_beside", ApiError.BadEnvelope, (world, route) => Body(world, route, Utf8("""{"path":"p",""" + Text(world, route)[1..])), Signed: true),
        new("body_not_json", ApiError.BadJson, (world, route) => Body(world, route, Utf8("hello")), Signed: true),
        new("body_array", ApiError.BadJson, (world, route) => Body(world, route, Utf8("[]")), Signed: true),
        new("body_trailing", ApiError.BadJson, (world, route) => Body(world, route, [.. route.Body(world), .. Utf8("{}")]), Signed: true),
        new("body_invalid_utf8", ApiError.BadJson, (world, route) => Body(world, route, [.. Utf8("{\"nonce\":\""), 0xff, .. Utf8("\"}")]), Signed: true),
        new("body_nested", ApiError.BadEnvelope, (world, route) => Body(world, route, Utf8("{\"nonce\":" + new string('[', 1 << 20))), Signed: true),
        new("body_over_limit", ApiError.BodyTooLarge, (world, route) => Body(world, route, new byte[Limits.MaxBodyBytes + 1])),
        new("envelope_truncated", ApiError.BadJson, (world, route) => Body(world, route, route.Body(world)[..^9]), Signed: true),
        new("envelope_field_missing", ApiError.BadEnvelope, (world, route) => Body(world, route, Utf8("""{"nonce":"00"}""")), Signed: true),
        new("envelope_field_twice", ApiError.BadJson, (world, route) => Body(world, route, Utf8("""{"nonce":"00",""" + Text(world, route)[1..])), Signed: true),
        new("envelope_field_number", ApiError.BadEnvelope, (world, route) => Body(world, route, Utf8("""{"nonce":1}""")), Signed: true),
        new("envelope_key_not_a_point", ApiError.BadEnvelope, (world, route) => Body(world, route, Utf8($$"""{"sender_tee_pubkey":"{{new string('0', 240)}}","nonce":"{{new string('0', 24)}}","encrypted_data":"{{new string('0', 32)}}"}""")), Signed: true),
        new("envelope_nonce_11", ApiError.BadEnvelope, (world, route) => Swap(world, route, e => e with { Nonce = new byte[11] }), Signed: true),
        new("envelope_nonce_33", ApiError.BadEnvelope, (world, route) => Swap(world, route, e => e with { Nonce = new byte[33] }), Signed: true),
        new("envelope_shorter_than_tag", ApiError.BadEnvelope, (world, route) => Swap(world, route, e => e with { Ciphertext = new byte[15] }), Signed: true),
        new("envelope_from_another_sender", ApiError.SenderMismatch, (world, route) => Body(world, route, world.OtherApp.Seal(route.Inner!)), Signed: true),
        new("envelope_tampered", ApiError.EnvelopeUnreadable, (world, route) => Swap(world, route, e => e with { Ciphertext = Flip(e.Ciphertext) }), SpendsNonce: true, Signed: true),
        new("envelope_other_nonce", ApiError.EnvelopeUnreadable, (world, route) => Swap(world, route, e => e with { Nonce = Flip(e.Nonce) }), SpendsNonce: true, Signed: true),
        new("envelope_for_another_node", ApiError.EnvelopeUnreadable, (world, route) => Body(world, route, world.App.Wire.Seal(Utf8(route.Inner!), world.OtherApp.TeeKey)), SpendsNonce: true, Signed: true),
        new("query_on_post", ApiError.BadTarget, (world, route) => world.App.Request(route.Method, route.Target + "?a=b", route.Body(world))),
        Inner("inner_empty", ApiError.BadJson, ""),
        Inner("inner_not_json", ApiError.BadJson, "{"),
        Inner("inner_string", ApiError.BadJson, "\"path\""),
        Inner("inner_missing_all", ApiError.BadField, "{}"),
        Inner("inner_unknown_member", ApiError.BadField, """{"unheard_of":1}"""),
        Inner("inner_nested_deep", ApiError.BadField, """{"unheard_of":[[[[[[[[[[1]]]]]]]]]]}"""),
        Inner("inner_comment", ApiError.BadJson, "{/* */}"),
        InnerBytes("inner_not_utf8", ApiError.BadJson, [.. Utf8("{\"key\":\""), 0xc3, 0x28, .. Utf8("\"}")]),
        Inner("inner_1mb_nested", ApiError.BadField, "{\"key\":" + new string('[', 1 << 20)),
    ];

    /// <summary>For routes without a body.</summary>
    public static readonly BadInput[] Reads =
    [
        new("body_on_get", ApiError.BadRequest, (world, route) => world.App.Request(route.Method, route.Target, [1])),
    ];

    /// <summary>For routes without a proof: what is wrong before anybody asks who it is.</summary>
    public static readonly BadInput[] Public =
    [
        new("public_body", ApiError.BadRequest, (_, route) => Carrying(route, [1])),
        new("public_body_over_limit", ApiError.BodyTooLarge, (_, route) => Carrying(route, new byte[Limits.MaxBodyBytes + 1])),
        new("public_content_encoding", ApiError.ContentEncoding, (_, route) => Bare(route, new KeyValuePair<string, string>("Content-Encoding", "br"))),
        new("public_repeated_header", ApiError.RepeatedHeader, (_, route) => Bare(route, new("x-app-a", "1"), new("X-App-A", "2"))),
        new("public_too_many_headers", ApiError.BadRequest, (_, route) => Bare(route, [.. Enumerable.Range(0, Limits.MaxHeaders + 1).Select(i => new KeyValuePair<string, string>($"h{i}", "v"))])),
        new("public_header_too_long", ApiError.BadRequest, (_, route) => Bare(route, new KeyValuePair<string, string>("cookie", new string('a', Limits.MaxHeaderValueBytes + 1)))),
        new("public_target_not_a_path", ApiError.BadTarget, (_, route) => Bare(route) with { Target = route.Target + "#x" }),
    ];

    /// <summary>For one route each.</summary>
    public static readonly (string Route, BadInput Input)[] Own =
    [
        ("derive", Inner("length_zero", ApiError.LengthOutOfRange, """{"path":"p","length":0}""")),
        ("derive", Inner("length_one_over", ApiError.LengthOutOfRange, $$"""{"path":"p","length":{{Limits.MaxDerivedBytes + 1}}}""")),
        ("derive", Inner("length_minus_one", ApiError.LengthOutOfRange, """{"path":"p","length":-1}""")),
        ("derive", Inner("length_fraction", ApiError.BadField, """{"path":"p","length":1.5}""")),
        ("derive", Inner("length_exponent", ApiError.BadField, """{"path":"p","length":1e1}""")),
        ("derive", Inner("length_text", ApiError.BadField, """{"path":"p","length":"32x"}""")),
        ("derive", Inner("length_bare_text", ApiError.BadJson, """{"path":"p","length":32x}""")),
        ("derive", Inner("length_over_64_bits", ApiError.BadField, """{"path":"p","length":18446744073709551648}""")),
        ("derive", Inner("length_bool", ApiError.BadField, """{"path":"p","length":true}""")),
        ("derive", Inner("path_empty", ApiError.PathEmpty, """{"path":""}""")),
        ("derive", Inner("path_number", ApiError.BadField, """{"path":1}""")),
        ("derive", Inner("path_null", ApiError.BadField, """{"path":null}""")),
        ("derive", Inner("path_object", ApiError.BadField, """{"path":{}}""")),
        ("derive", Inner("path_twice", ApiError.BadJson, """{"path":"a","path":"b"}""")),
        ("derive", Inner("path_twice_escaped", ApiError.BadJson, """{"path":"a","p\u0061th":"b"}""")),
        ("derive", Inner("path_one_byte_over", ApiError.PathTooLong, $$"""{"path":"{{new string('p', Limits.MaxPathBytes + 1)}}"}""")),
        ("derive", Inner("path_one_byte_over_in_utf8", ApiError.PathTooLong, $$"""{"path":"{{new string('p', Limits.MaxPathBytes - 1)}}é"}""")),
        ("derive", Inner("path_half_surrogate", ApiError.BadJson, """{"path":"\ud800"}""")),
        ("derive", Inner("context_one_byte_over", ApiError.ContextTooLong, $$"""{"path":"p","context":"{{new string('c', Limits.MaxContextBytes + 1)}}"}""")),
        ("derive", Inner("epoch_zero", ApiError.UnknownEpoch, """{"path":"p","epoch":0}""")),
        ("derive", Inner("epoch_unknown", ApiError.UnknownEpoch, """{"path":"p","epoch":9}""")),
        ("derive", Inner("epoch_huge", ApiError.UnknownEpoch, """{"path":"p","epoch":9223372036854775807}""")),
        ("derive", Inner("epoch_retired", ApiError.EpochRetired, """{"path":"p","epoch":3}""")),
        ("derive", Inner("epoch_at_latest_only", ApiError.EpochUnavailable, """{"path":"p","epoch":4}""")),
        ("derive", Inner("derivation_three", ApiError.BadField, """{"path":"p","derivation":3}""")),
        ("derive", Inner("app_id_from_caller", ApiError.BadField, """{"path":"p","app_id":78}""")),
        ("derive", InnerBytes("inner_invalid_utf8", ApiError.BadJson, [.. Utf8("{\"path\":\""), 0xc3, 0x28, .. Utf8("\"}")])),
        ("derive", InnerBytes("inner_bom", ApiError.BadJson, [0xef, 0xbb, 0xbf, .. Utf8("""{"path":"p"}""")])),
        ("derive", Inner("inner_1mb_of_nesting", ApiError.BadField, "{\"path\":" + new string('[', 1 << 20))),
        ("put", Inner("key_empty", ApiError.KeyEmpty, """{"key":"","value":"AAEC"}""")),
        ("put", Inner("key_twice", ApiError.BadJson, """{"key":"a","key":"b","value":"AAEC"}""")),
        ("put", Inner("value_twice_escaped", ApiError.BadJson, """{"key":"a","value":"AAEC","valu\u0065":"AAED"}""")),
        ("put", Inner("key_number", ApiError.BadField, """{"key":1,"value":"AAEC"}""")),
        ("put", Inner("key_null", ApiError.BadField, """{"key":null,"value":"AAEC"}""")),
        ("put", Inner("key_array", ApiError.BadField, """{"key":["k"],"value":"AAEC"}""")),
        ("put", Inner("key_one_byte_over", ApiError.KeyTooLong, $$"""{"key":"{{new string('k', Limits.MaxKeyBytes + 1)}}","value":"AAEC"}""")),
        ("put", Inner("value_missing", ApiError.BadField, """{"key":"k"}""")),
        ("put", Inner("value_number", ApiError.BadField, """{"key":"k","value":1}""")),
        ("put", Inner("value_not_base64", ApiError.BadField, """{"key":"k","value":"A"}""")),
        ("put", Inner("value_unpadded", ApiError.BadField, """{"key":"k","value":"AA"}""")),
        ("put", Inner("value_stray_bits", ApiError.BadField, """{"key":"k","value":"AB=="}""")),
        ("put", Inner("value_white_space", ApiError.BadField, """{"key":"k","value":"AA EC"}""")),
        ("put", Inner("value_url_alphabet", ApiError.BadField, """{"key":"k","value":"__-_"}""")),
        ("put", Inner("value_one_over", ApiError.ValueTooLarge, $$"""{"key":"k","value":"{{Convert.ToBase64String(new byte[Limits.MaxValueBytes + 1])}}"}""")),
        ("put", Inner("value_far_over", ApiError.ValueTooLarge, $$"""{"key":"k","value":"{{Convert.ToBase64String(new byte[Limits.MaxValueBytes + 300_000])}}"}""")),
        ("put", Inner("ttl_negative", ApiError.TtlOutOfRange, """{"key":"k","value":"AAEC","ttl_ms":-1}""")),
        ("put", Inner("ttl_one_over", ApiError.TtlOutOfRange, $$"""{"key":"k","value":"AAEC","ttl_ms":{{Limits.MaxTtlMs + 1}}}""")),
        ("put", Inner("ttl_huge", ApiError.TtlOutOfRange, """{"key":"k","value":"AAEC","ttl_ms":9223372036854775807}""")),
        ("put", Inner("ttl_fraction", ApiError.BadField, """{"key":"k","value":"AAEC","ttl_ms":0.5}""")),
        ("put", Inner("if_version_misspelt", ApiError.BadField, """{"key":"present","value":"AAEC","if_verison":"none"}""")),
        ("put", Inner("if_version_empty", ApiError.BadField, """{"key":"present","value":"AAEC","if_version":""}""")),
        ("put", Inner("if_version_of_another_write", ApiError.VersionConflict, """{"key":"present","value":"AAEC","if_version":"00"}""")),
        ("put", Inner("if_version_none_but_present", ApiError.VersionConflict, """{"key":"present","value":"AAEC","if_version":"none"}""")),
        ("put", Inner("ack_unknown", ApiError.BadField, """{"key":"k","value":"AAEC","ack":"all"}""")),
        ("put", new BadInput("isolated", ApiError.NotReady, (world, route) => Changed(world, route, () => world.AcceptsWrites = false), SpendsNonce: true, Signed: true)),
        ("put", new BadInput("quota_exceeded", ApiError.QuotaExceeded, OverQuota, SpendsNonce: true, Signed: true)),
        ("put", new BadInput("if_version_before_catching_up", ApiError.NotReady, (world, _) => CatchingUp(world, "put", """{"key":"present","value":"AAEC","if_version":"none"}"""), SpendsNonce: true, Signed: true)),
        ("delete", new BadInput("before_catching_up", ApiError.NotReady, (world, _) => CatchingUp(world, "delete", """{"key":"present"}"""), SpendsNonce: true, Signed: true)),
        ("list", new BadInput("before_catching_up", ApiError.NotReady, (world, route) => Changed(world, route, () => world.IsCaughtUp = false), SpendsNonce: true, Signed: true)),
        ("delete", Inner("key_empty", ApiError.KeyEmpty, """{"key":""}""")),
        ("delete", Inner("key_twice", ApiError.BadJson, """{"key":"present","key":"absent"}""")),
        ("delete", Inner("key_number", ApiError.BadField, """{"key":1}""")),
        ("delete", Inner("key_null", ApiError.BadField, """{"key":null}""")),
        ("delete", Inner("key_one_byte_over", ApiError.KeyTooLong, $$"""{"key":"{{new string('k', Limits.MaxKeyBytes + 1)}}"}""")),
        ("delete", new BadInput("isolated", ApiError.NotReady, (world, route) => Changed(world, route, () => world.AcceptsWrites = false), SpendsNonce: true, Signed: true)),
        ("get_query", Target("key_empty", ApiError.KeyEmpty, "/kms/data?key=", spends: true)),
        ("get_query", Target("key_one_byte_over", ApiError.KeyTooLong, "/kms/data?key=" + new string('k', Limits.MaxKeyBytes + 1), spends: true)),
        ("get_query", Target("key_absent", ApiError.NotFound, "/kms/data?key=absent", spends: true)),
        ("get_query", Target("key_twice", ApiError.BadTarget, "/kms/data?key=a&key=b")),
        ("get_query", Target("other_parameter", ApiError.BadTarget, "/kms/data?limit=1")),
        ("get_query", Target("empty_query", ApiError.BadTarget, "/kms/data?")),
        ("get_query", Target("not_utf8", ApiError.BadTarget, "/kms/data?key=%FF")),
        ("get_query", Target("lower_case_escape", ApiError.BadTarget, "/kms/data?key=a%2fb")),
        ("get_query", Target("v2_plus", ApiError.BadTarget, "/kms/data?key=a+b")),
        ("get_query", Target("broken_escape", ApiError.BadTarget, "/kms/data?key=a%2")),
        ("get_path", Target("key_empty", ApiError.KeyEmpty, "/kms/data/", spends: true)),
        ("get_path", Target("key_one_byte_over", ApiError.KeyTooLong, "/kms/data/" + new string('k', Limits.MaxKeyBytes + 1), spends: true)),
        ("get_path", Target("key_absent", ApiError.NotFound, "/kms/data/absent", spends: true)),
        ("get_path", Target("with_query", ApiError.BadTarget, "/kms/data/a?key=b")),
        ("get_path", Target("fragment", ApiError.BadTarget, "/kms/data/a#b")),
        ("get_path", Target("space", ApiError.BadTarget, "/kms/data/a b")),
        ("get_path", Target("not_ascii", ApiError.BadTarget, "/kms/data/é")),
        ("get_path", Target("too_long", ApiError.BadTarget, "/kms/data/" + new string('a', Limits.MaxTargetBytes))),
        ("get_path", Target("absolute_form", ApiError.BadTarget, "http://node/kms/data/a")),
        ("sync", new BadInput("v1_proof", ApiError.ProofVersion, (world, route) => Without(route.Good(world), "pop"))),
        ("sync", new BadInput("app_headers", ApiError.ProofMissing, (world, _) => world.App.Request("POST", "/sync", [1, 2, 3]))),
        ("sync", new BadInput("not_a_peer", ApiError.NotAPeer, (world, route) => Changed(world, route, () => world.PeerRefused = PeerRefusal.NotListed), Signed: true)),
        ("sync", new BadInput("body_over_limit", ApiError.BodyTooLarge, (world, _) => world.Peer.Request("POST", "/sync", new byte[Limits.MaxSyncBodyBytes + 1]))),
        ("sync", new BadInput("query", ApiError.BadTarget, (world, _) => world.Peer.Request("POST", "/sync?x=1", [1]))),
        ("status", new BadInput("not_a_peer", ApiError.NotAPeer, (world, route) => Changed(world, route, () => world.PeerRefused = PeerRefusal.NotListed), Signed: true)),
    ];

    private static bool IsProof(string name) => name.StartsWith("x-app-", StringComparison.Ordinal) || name.StartsWith("x-kms-", StringComparison.Ordinal);

    private static BadInput Inner(string name, ApiError expected, string inner) => InnerBytes(name, expected, Utf8(inner));

    private static BadInput InnerBytes(string name, ApiError expected, byte[] inner) =>
        new(name, expected, (world, route) => world.App.Request(route.Method, route.Target, world.App.Seal(inner)), SpendsNonce: true, Signed: true);

    private static BadInput Target(string name, ApiError expected, string target, bool spends = false) =>
        new(name, expected, (world, route) => world.App.Request(route.Method, target), SpendsNonce: spends, Signed: spends);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Seconds(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Text(PipelineWorld world, RouteSpec route) => Encoding.UTF8.GetString(route.Body(world));

    private static KmsRequest Bare(RouteSpec route, params KeyValuePair<string, string>[] headers) => new(route.Method, route.Target, headers, default);

    private static KmsRequest Carrying(RouteSpec route, byte[] body) => new(route.Method, route.Target, [], body);

    private static KmsRequest Body(PipelineWorld world, RouteSpec route, byte[] body) => world.App.Request(route.Method, route.Target, body);

    private static KmsRequest Swap(PipelineWorld world, RouteSpec route, Func<OdynEnvelope, OdynEnvelope> change)
    {
        EnvelopeJson.Parse(route.Body(world)).TryGet(out var envelope).ShouldBeTrue();
        return Body(world, route, EnvelopeJson.Serialize(change(envelope!)));
    }

    private static byte[] Flip(ReadOnlyMemory<byte> bytes)
    {
        var flipped = bytes.ToArray();
        flipped[0] ^= 1;
        return flipped;
    }

    private static KmsRequest With(
        PipelineWorld world,
        RouteSpec route,
        string? nonce = null,
        string? timestamp = null,
        WalletAddress? recipient = null,
        string? signedMethod = null,
        string? signedTarget = null,
        byte[]? signedBody = null,
        Func<EthereumSignature, string>? signature = null) =>
        route.Caller(world).Request(
            route.Method, route.Target, route.Body(world), 2, nonce, timestamp, recipient, signedMethod, signedTarget, signedBody, signature);

    private static KmsRequest Edit(KmsRequest request, params Action<List<KeyValuePair<string, string>>>[] edits)
    {
        var headers = request.Headers.ToList();
        foreach (var edit in edits)
        {
            edit(headers);
        }

        return request with { Headers = headers };
    }

    /// <summary>Without any proof header <c>/status</c> is public: there the signature stays and the rest goes.</summary>
    private static KmsRequest Edit(KmsRequest request, Func<List<KeyValuePair<string, string>>, int> remove, RouteSpec keepSignatureFor)
    {
        var headers = request.Headers.ToList();
        var first = headers[0];
        remove(headers);
        if (keepSignatureFor.Name == "status")
        {
            headers.Add(first);
        }

        return request with { Headers = headers };
    }

    private static KmsRequest Without(KmsRequest request, string part) =>
        Edit(request, headers => headers.RemoveAll(header => IsProof(header.Key) && header.Key.EndsWith("-" + part, StringComparison.Ordinal)));

    private static KmsRequest Replace(KmsRequest request, string part, string value) => Edit(request, headers =>
    {
        int at = headers.FindIndex(header => IsProof(header.Key) && header.Key.EndsWith("-" + part, StringComparison.Ordinal));
        headers[at] = new(headers[at].Key, value);
    });

    private static string ForeignNonce(PipelineWorld world)
    {
        using var random = Cryptography.Keys.Random(99);
        using var other = new Nonces(world.Clock, random);
        return other.Issue();
    }

    private static KmsRequest ExpiredNonce(PipelineWorld world, RouteSpec route)
    {
        var nonce = world.Nonces.Issue();
        world.Clock.AdvanceMs(Limits.NonceLifeMs);
        return With(world, route, nonce: nonce);
    }

    private static KmsRequest ReplayedNonce(PipelineWorld world, RouteSpec route)
    {
        var nonce = world.Nonces.Issue();
        world.Nonces.Check(nonce, out var parsed).ShouldBe(NonceCheck.Ok);
        world.Nonces.Consume(parsed!, route.Caller(world).Wallet).ShouldBe(NonceConsumption.Consumed);
        return With(world, route, nonce: nonce);
    }

    /// <summary>The other root of the curve equation: valid mathematically, malleable, refused (EIP-2).</summary>
    private static string HighS(EthereumSignature signature)
    {
        var order = System.Numerics.BigInteger.Parse("0FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", System.Globalization.NumberStyles.HexNumber, null);
        var bytes = signature.Bytes.ToArray();
        var s = order - new System.Numerics.BigInteger(bytes.AsSpan(32, 32), isUnsigned: true, isBigEndian: true);
        var high = s.ToByteArray(isUnsigned: true, isBigEndian: true);
        bytes.AsSpan(32, 32).Clear();
        high.CopyTo(bytes.AsSpan(64 - high.Length));
        bytes[64] = (byte)(55 - bytes[64]);
        return Hex.Encode(bytes);
    }

    private static KmsRequest Facts(PipelineWorld world, RouteSpec route, Func<WalletFacts, WalletFacts> change)
    {
        world.Registry.Set(change(FakeWalletFacts.Good(world.App.Wallet, world.App.TeeKey, PipelineWorld.AppNumber)));
        return route.Good(world);
    }

    private static KmsRequest Changed(PipelineWorld world, RouteSpec route, Action change)
    {
        change();
        return route.Good(world);
    }

    private static KmsRequest CatchingUp(PipelineWorld world, string route, string inner)
    {
        world.IsCaughtUp = false;
        return Body(world, RouteSpec.Of(route), world.App.Seal(inner));
    }

    private static KmsRequest OverQuota(PipelineWorld world, RouteSpec route)
    {
        for (int i = 0; i < 9; i++)
        {
            world.Store.Put(AppId.From(PipelineWorld.AppNumber), Epoch.From(2), $"big{i}", new byte[Limits.MaxValueBytes], null, null);
        }

        return Body(world, route, world.App.Seal($$"""{"key":"last","value":"{{Convert.ToBase64String(new byte[Limits.MaxValueBytes])}}"}"""));
    }
}
