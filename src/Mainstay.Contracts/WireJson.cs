using System.Text.Json.Serialization;
using Mainstay.Contracts.Api;
using Mainstay.Contracts.EdgeControl;
using Mainstay.Contracts.Events;
using Mainstay.Contracts.Logs;
using Mainstay.Contracts.Rollouts;
using Mainstay.Spec.Problems;

namespace Mainstay.Contracts;

/// <summary>The one JSON form of everything that crosses a socket or a pipe: snake_case names, enums in lower case.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(ApplyRequest))]
[JsonSerializable(typeof(ActionRequest))]
[JsonSerializable(typeof(ScaleRequest))]
[JsonSerializable(typeof(DownRequest))]
[JsonSerializable(typeof(OperationMessage))]
[JsonSerializable(typeof(DeployRequest))]
[JsonSerializable(typeof(RollbackRequest))]
[JsonSerializable(typeof(RolloutWishRequest))]
[JsonSerializable(typeof(RolloutsDocument))]
[JsonSerializable(typeof(ReleasesDocument))]
[JsonSerializable(typeof(SwitchesDocument))]
[JsonSerializable(typeof(SwitchRequest))]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(VersionDocument))]
[JsonSerializable(typeof(CheckDocument))]
[JsonSerializable(typeof(EventRecord))]
[JsonSerializable(typeof(EdgeCommand))]
[JsonSerializable(typeof(EdgeReport))]
[JsonSerializable(typeof(LogRecord))]
[JsonSerializable(typeof(Problem))]
public sealed partial class WireJson : JsonSerializerContext;
