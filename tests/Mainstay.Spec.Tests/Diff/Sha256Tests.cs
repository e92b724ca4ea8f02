using System.Security.Cryptography;
using Mainstay.Spec.Diff;

namespace Mainstay.Spec.Tests.Diff;

public class Sha256Tests
{
    [Fact]
    public void It_agrees_with_the_platform_at_every_length_around_its_blocks()
    {
        var chance = new Random(1);
        for (var length = 0; length <= 300; length++)
        {
            var message = new byte[length];
            chance.NextBytes(message);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(message)), Sha256.Hex(message));
        }
    }
}
