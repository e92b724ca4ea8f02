using System.Text;
using System.Text.Json;
using Mainstay.Cli.Connection;
using Mainstay.Contracts;
using Mainstay.Contracts.Api;

namespace Mainstay.Cli.Tests.Connection;

public sealed class StatusReaderTests
{
    [Fact]
    public void It_reads_what_the_serializer_writes()
    {
        foreach (var status in (StatusDocument[])[Samples.Status, Samples.EmptyStatus])
        {
            var written = JsonSerializer.SerializeToUtf8Bytes(status, WireJson.Default.StatusDocument);

            var read = StatusReader.Read(written);

            Assert.Equal(Encoding.UTF8.GetString(written), JsonSerializer.Serialize(read, WireJson.Default.StatusDocument));
        }
    }

    [Fact]
    public void It_knows_every_state_and_every_health()
    {
        foreach (var state in Enum.GetValues<InstancePhase>())
        {
            foreach (var health in Enum.GetValues<Health>())
            {
                var service = Samples.Status.Services[0] with { State = state, Health = health };
                var written = JsonSerializer.SerializeToUtf8Bytes(Samples.EmptyStatus with { Services = [service] }, WireJson.Default.StatusDocument);

                var read = Assert.Single(StatusReader.Read(written).Services);

                Assert.Equal((state, health), (read.State, read.Health));
            }
        }
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"daemon":{},"edge":{},"services":7}""")]
    [InlineData("""{"daemon":{"pid":"one"},"edge":{}}""")]
    [InlineData("""{"daemon":{},"edge":{},"services":[{"name":"a","state":"dancing","health":"healthy"}]}""")]
    [InlineData("{\"daemon\":")]
    public void What_is_not_a_status_is_a_json_error(string text) =>
        Assert.ThrowsAny<JsonException>(() => StatusReader.Read(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void What_an_older_daemon_does_not_send_is_empty()
    {
        var read = StatusReader.Read("""{"daemon":{"pid":1},"edge":{"state":"none"},"services":[{"name":"a","state":"running","health":"healthy"}]}"""u8.ToArray());

        Assert.Empty(Assert.Single(read.Services).Instances);
        Assert.Empty(read.Notices);
    }
}
