using Kms.Core.Attestation;
using Kms.Core.Cryptography;
using Kms.Core.Primitives;
using Kms.Properties.Vectors;

namespace Kms.Properties.Attestation;

public class NitroDocumentTests
{
    [Fact]
    public void Every_real_document_parses_to_its_expected_fields()
    {
        foreach (var vector in NitroVectors.Cases)
        {
            NitroDocument.TryParse(VectorFile.Bytes("nitro/" + vector.Text("file")), out var document).ShouldBeTrue();
            document!.ModuleId.ShouldBe(vector.Text("module_id"));
            document.TimestampMs.ShouldBe(vector.GetProperty("timestamp_ms").GetInt64());
            document.PcrCount.ShouldBe(vector.GetProperty("pcr_count").GetInt32());
            for (int i = 0; i < 3; i++)
            {
                document.Pcr(i).ToArray().ShouldBe(vector.Hex($"pcr{i}"));
            }

            document.CodeMeasurement.ShouldBe(Bytes32.From(vector.Hex("code_measurement")));
            document.IsDebugMode.ShouldBe(vector.GetProperty("debug_mode").GetBoolean());
            document.UserData.ToArray().ShouldBe(vector.Hex("user_data"));
            document.Nonce.ToArray().ShouldBe(vector.Hex("nonce"));
            TeePublicKey.TryFrom(vector.Hex("public_key"), out var key);
            document.PublicKey.ShouldBe(key);
        }
    }

    [Fact]
    public void Code_measurements_are_keccak_of_the_first_three_registers()
    {
        foreach (var vector in VectorFile.Cases("code-measurement.json"))
        {
            byte[] registers = [.. vector.Hex("pcr0"), .. vector.Hex("pcr1"), .. vector.Hex("pcr2")];
            Keccak256.Hash(registers).ShouldBe(Bytes32.From(vector.Hex("code_measurement")));
        }
    }
}
