using System.Security.Cryptography;
using System.Text;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Platforms.Generate;

namespace UpgradeOps.Engine.Tests.Generate;

public sealed class KeyPairTests
{
    // RFC 8032, 7.1: tests 1, 2, 3 and 1024.
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")]
    [InlineData("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")]
    [InlineData("f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5", "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e")]
    public void The_public_key_of_a_seed_is_the_standards(string seed, string open) =>
        Assert.Equal(open, Convert.ToHexString(Ed25519.PublicBytes(Convert.FromHexString(seed))).ToLowerInvariant());

    [Fact]
    public void Every_kind_makes_another_pair_each_time_and_its_public_key_follows_from_the_private_one()
    {
        foreach (var kind in GenerateDefinition.Keys)
        {
            var (one, two) = (KeyPair.NewPrivate(kind), KeyPair.NewPrivate(kind));
            Assert.NotEqual(one, two);
            Assert.StartsWith("-----BEGIN PRIVATE KEY-----\n", one, StringComparison.Ordinal);
            Assert.EndsWith("-----END PRIVATE KEY-----\n", one, StringComparison.Ordinal);
            Assert.StartsWith("-----BEGIN PUBLIC KEY-----\n", KeyPair.PublicOf(kind, one), StringComparison.Ordinal);
            Assert.Equal(KeyPair.PublicOf(kind, one), KeyPair.PublicOf(kind, one));
            Assert.NotEqual(KeyPair.PublicOf(kind, one), KeyPair.PublicOf(kind, two));
        }
    }

    [Fact]
    public void What_the_private_key_signs_the_public_key_verifies()
    {
        var text = Encoding.UTF8.GetBytes("signed");
        foreach (var kind in GenerateDefinition.Keys.Where(k => k != GenerateDefinition.Ed25519))
        {
            var key = KeyPair.NewPrivate(kind);
            if (kind.StartsWith("rsa", StringComparison.Ordinal))
            {
                using RSA own = RSA.Create(), open = RSA.Create();
                own.ImportFromPem(key);
                open.ImportFromPem(KeyPair.PublicOf(kind, key));
                Assert.Equal(kind[4..], $"{own.KeySize}");
                Assert.True(open.VerifyData(text, own.SignData(text, HashAlgorithmName.SHA256, RSASignaturePadding.Pss), HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
            }
            else
            {
                using ECDsa own = ECDsa.Create(), open = ECDsa.Create();
                own.ImportFromPem(key);
                open.ImportFromPem(KeyPair.PublicOf(kind, key));
                Assert.Equal(kind[4..], $"{own.KeySize}");
                Assert.True(open.VerifyData(text, own.SignData(text, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256));
            }
        }
    }

    [Fact]
    public void What_is_no_key_of_the_kind_has_no_public_key()
    {
        using var rsa = RSA.Create(2048);
        var locked = rsa.ExportEncryptedPkcs8PrivateKeyPem("pass", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000));
        var open = KeyPair.PublicOf("ec-p256", KeyPair.NewPrivate("ec-p256"))!;
        foreach (var kind in GenerateDefinition.Keys)
        {
            Assert.All(new[] { "", "made here", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", locked, open }, t => Assert.Null(KeyPair.PublicOf(kind, t)));
            var other = KeyPair.NewPrivate(kind == GenerateDefinition.Ed25519 ? "ec-p256" : GenerateDefinition.Ed25519);
            Assert.Null(KeyPair.PublicOf(kind, other));
        }
    }

    [Theory]
    [InlineData(GenerateDefinition.Alphanumeric, 32, "^[A-Za-z0-9]{32}$")]
    [InlineData(GenerateDefinition.Hex, 32, "^[0-9a-f]{64}$")]
    [InlineData(GenerateDefinition.Base64, 32, "^[A-Za-z0-9+/]{43}=$")]
    [InlineData(GenerateDefinition.Base64Url, 48, "^[A-Za-z0-9_-]{64}$")]
    public void A_random_value_has_its_form_and_is_never_the_same(string form, int size, string pattern)
    {
        var made = Enumerable.Range(0, 200).Select(_ => RandomText.New(form, size)).ToList();
        Assert.All(made, m => Assert.Matches(pattern, m));
        Assert.Equal(made.Count, made.Distinct().Count());
        // All letters of the form come up: none is left out by a slip.
        Assert.True(string.Concat(made).Distinct().Count() >= form switch { GenerateDefinition.Hex => 16, GenerateDefinition.Alphanumeric => 62, GenerateDefinition.Base64 => 65, _ => 64 });
    }
}
