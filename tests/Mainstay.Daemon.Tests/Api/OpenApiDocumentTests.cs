using Mainstay.Daemon.Api;
using Mainstay.Testing;

namespace Mainstay.Daemon.Tests.Api;

public class OpenApiDocumentTests
{
    [Fact]
    public void The_description_reads_as_published() => Golden.Match(OpenApiDocument.Text(), "openapi.json");

    [Fact]
    public void Every_operation_is_offered_exactly_once() =>
        Assert.Equal(Enum.GetValues<ApiOperation>(), ApiEndpoints.All.Select(e => e.Operation));

    [Fact]
    public void A_path_with_another_method_is_not_found() => Assert.Null(ApiEndpoints.Find("DELETE", "/v1/status"));
}
