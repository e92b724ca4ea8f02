using Mainstay.Realtime.Serving;

namespace Mainstay.Realtime.Tests.Serving;

public sealed class DeflateOfferTests
{
    private const string Plain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

    [Theory]
    [InlineData("permessage-deflate", Plain)]
    [InlineData("Permessage-Deflate; Client_Max_Window_Bits", Plain)]
    [InlineData("permessage-deflate; client_max_window_bits=10", Plain)]
    [InlineData("permessage-deflate; client_max_window_bits=\"10\"", Plain)]
    [InlineData("permessage-deflate; client_no_context_takeover; server_no_context_takeover", Plain)]
    [InlineData("permessage-deflate; server_max_window_bits=9", Plain + "; server_max_window_bits=9")]
    [InlineData("permessage-deflate; server_max_window_bits=\"15\"", Plain + "; server_max_window_bits=15")]
    [InlineData("x-webkit-deflate-frame, permessage-deflate; client_max_window_bits", Plain)]
    [InlineData("permessage-deflate; unknown, permessage-deflate", Plain)]
    [InlineData("permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=12", Plain + "; server_max_window_bits=12")]
    public void The_first_offer_that_can_be_met_is_taken(string offer, string answer) => Assert.Equal(answer, DeflateOffer.Choose(Request(offer))?.Answer);

    [Theory]
    [InlineData("permessage-bzip2")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate; unknown=1")]
    [InlineData("permessage-deflate;")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; client_no_context_takeover; client_no_context_takeover")]
    [InlineData("permessage-deflate; client_max_window_bits=10; client_max_window_bits=11")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=010")]
    [InlineData("permessage-deflate; client_max_window_bits=")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=8")]
    [InlineData("permessage-deflate; server_max_window_bits=+9")]
    public void An_offer_with_anything_that_is_unknown_or_wrong_is_declined(string offer) => Assert.Null(DeflateOffer.Choose(Request(offer)));

    [Fact]
    public void Offers_may_stand_in_several_lines() =>
        Assert.Equal(Plain, DeflateOffer.Choose(new("/hub", [new("Sec-WebSocket-Extensions", "other"), new("sec-websocket-extensions", "permessage-deflate")], null))?.Answer);

    [Fact]
    public void Who_offers_nothing_gets_nothing() => Assert.Null(DeflateOffer.Choose(new("/hub", [], null)));

    private static UpgradeRequest Request(string offer) => new("/hub", [new("Sec-WebSocket-Extensions", offer)], null);
}
