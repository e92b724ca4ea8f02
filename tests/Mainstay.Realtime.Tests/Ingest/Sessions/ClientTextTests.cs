using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Mainstay.Realtime.Ingest.Protocol;

namespace Mainstay.Realtime.Tests.Ingest.Sessions;

public sealed class ClientTextTests
{
    private const string Start = """{"event":"start","interaction_id":"int-123","tenant_id":"tenant-abc","sample_rate":24000,"encoding":"pcm16"}""";

    private static ClientText Read(string json) => ClientText.Read(Encoding.UTF8.GetBytes(json));

    [Fact]
    public void A_start_of_an_old_client_is_read()
    {
        Assert.Equal(new ClientText.Start(new("int-123", "tenant-abc", 24_000, false, null)), Read(Start));
    }

    [Fact]
    public void A_start_may_go_on_with_a_session_and_ask_for_acks_of_receipt()
    {
        var id = new string('a', 32);
        var json = $$"""{"event":"start","interaction_id":"i","tenant_id":"t","sample_rate":"8000","encoding":"pcm16","ack":"received","resume":{"session":"{{id}}","next_seq":131},"more":[1]}""";

        Assert.Equal(new ClientText.Start(new("i", "t", 8_000, true, new(new(id), 131))), Read(json));
    }

    [Theory]
    [InlineData("int-123", "", "interaction_id must be")]
    [InlineData("int-123", "a\\u0000b", "interaction_id must be")]
    [InlineData("int-123", "a\\u2028b", "interaction_id must be")]
    [InlineData("\"tenant-abc\"", "7", "tenant_id must be")]
    [InlineData("24000", "7999", "sample_rate must be")]
    [InlineData("24000", "48001", "sample_rate must be")]
    [InlineData("24000", "24000.5", "sample_rate must be")]
    [InlineData("24000", "1e99", "sample_rate must be")]
    [InlineData("24000", "null", "sample_rate must be")]
    [InlineData("pcm16", "mulaw", "encoding must be")]
    [InlineData("\"pcm16\"", "\"pcm16\",\"ack\":\"maybe\"", "ack must be")]
    [InlineData("\"pcm16\"", "\"pcm16\",\"resume\":{}", "resume must have")]
    [InlineData("\"pcm16\"", "\"pcm16\",\"resume\":{\"session\":\"x\",\"next_seq\":1}", "resume must have")]
    [InlineData("\"pcm16\"", "\"pcm16\",\"resume\":{\"session\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"next_seq\":0}", "resume must have")]
    public void A_wrong_start_is_refused_with_what_is_wrong(string part, string instead, string says)
    {
        var bad = Assert.IsType<ClientText.Bad>(Read(Start.Replace(part, instead, StringComparison.Ordinal)));

        Assert.Equal((1008, "bad_start"), (bad.Status, bad.Code));
        Assert.StartsWith(says, bad.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"event":7}""")]
    [InlineData("""{"event":"start""")]
    public void What_is_no_message_is_refused_as_data(string json) => Assert.Equal(1007, Assert.IsType<ClientText.Bad>(Read(json)).Status);

    [Fact]
    public void Other_events_are_ignored_as_old_clients_are_used_to() => Assert.Equal(new ClientText.Other("metadata"), Read("""{"event":"metadata"}"""));

    [Fact]
    public void No_bytes_make_the_reader_throw() =>
        Prop.ForAll<byte[]>(bytes => ClientText.Read(bytes) is not null).QuickCheckThrowOnFailure();

    [Fact]
    public void No_change_of_a_start_makes_the_reader_throw() =>
        Prop.ForAll(Gen.Choose(0, Start.Length - 1).ToArbitrary(), Gen.Choose(0, 255).ToArbitrary(), (at, value) =>
        {
            var bytes = Encoding.UTF8.GetBytes(Start);
            bytes[at] = (byte)value;
            return ClientText.Read(bytes) is not null;
        }).QuickCheckThrowOnFailure();
}
