using Mainstay.Realtime.Hub.Protocol;
using Mainstay.Realtime.Hub.Requests;
using Mainstay.Realtime.Hub.Streams;

namespace Mainstay.Realtime.Hub.Service;

/// <summary>Does what the queues decided, once it is on disk: devices are sent to, askers and readers of streams are told.</summary>
/// <param name="post">Into the hub's own mailbox, without waiting.</param>
internal sealed class RequestExecutor(HubContext context, DeviceBook devices, Action<HubInput> post)
{
    /// <summary>Who waits for which request.</summary>
    public AskerBook Askers { get; } = new(context.Limits.MaxAskers);

    /// <summary>Who reads what becomes of all requests of a branch.</summary>
    public StreamDesk Streams { get; } = new(context);

    public void Do(RequestEffect effect)
    {
        var request = effect.Request;
        var client = devices.Online(request.Spec.Target.Device);
        switch (effect.Kind)
        {
            case RequestEffectKind.Send:
                if (client is null || !client.Send(MessageWriter.Request(request, context.Now())))
                {
                    post(new HubInput.NotSent(request, client));
                }

                break;
            case RequestEffectKind.AskStatus:
                // A question that does not go out is asked again by the request's timer, or on the next connection.
                client?.Send(MessageWriter.Question(request));
                break;
            case RequestEffectKind.SendCancel:
                if (client is not null && client.Can("cancel"))
                {
                    client.Send(MessageWriter.Cancel(request));
                }

                break;
            case RequestEffectKind.Tell:
                context.Log.RequestMoved(request.Id.Value, request.Spec.Op, request.Spec.Target.ToString(), request.Phase.Word(), request.Because, request.Spec.Correlation);
                context.Metrics.Requests.Add(request.Phase);
                Askers.Tell(request);
                Streams.Tell(request);
                break;
            case RequestEffectKind.Contradicted:
                context.Log.Contradicted(request.Spec.Target.ToString(), request.Id.Value, request.Phase.Word(), request.Spec.Correlation);
                break;
            case RequestEffectKind.Forget:
                break;
        }
    }
}
