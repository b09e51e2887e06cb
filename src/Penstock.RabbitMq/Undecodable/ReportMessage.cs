using System.Text;
using Penstock.Engine;
using Penstock.Engine.Enqueueing;
using Penstock.Engine.Operations;
using Penstock.Engine.Outcomes;
using Penstock.Engine.Transport;

namespace Penstock.RabbitMq.Undecodable;

/// <summary>Brings a message that is no wake-up before people: it fails at once, and so it is among the dead letters they review.</summary>
/// <remarks>
/// Safe to run again. A person who corrects the body in the payload and redrives it sends the wake-up that was meant; one who
/// only wants to know who writes into Penstock's queues archives it.
/// </remarks>
internal sealed class ReportMessage(IWakeUps wakeUps) : Operation<ReportMessage.Payload, ReportMessage.Result>
{
    public const string OperationName = "penstock.report_message";
    public const string QueueName = "penstock.operations";

    /// <summary>What was no wake-up stays none: trying again is a person's decision.</summary>
    public static readonly RetryPolicy Once = RetryPolicy.Never;

    private const int KeyMax = 200;

    /// <param name="Queue">Where the message came to.</param>
    /// <param name="Body">Its beginning: text, or base64 of bytes that are none.</param>
    /// <param name="Encoding"><c>utf-8</c> or <c>base64</c>.</param>
    /// <param name="SizeBytes">Of the whole body.</param>
    public sealed record Payload(string Queue, string Body, string Encoding, int SizeBytes);

    /// <param name="Queue">The queue that was announced.</param>
    public sealed record Result(string Queue);

    public static NewJob JobOf(UndecodableMessage message) => new(
        OperationName, PayloadJson.Write(new Payload(message.Queue, message.Body, message.Encoding, message.SizeBytes)))
    {
        IdempotencyKey = message.Key is { Length: <= KeyMax } key ? key : null,
    };

    public override Task<Result> RunAsync(Payload payload, JobContext job, CancellationToken cancellationToken)
    {
        string problem = "it is no base64";
        byte[]? body = Bytes(payload);
        if (body is null || !WakeUpMessage.TryRead(body, out WakeUpMessage? message, out problem))
            throw new MessageUndecodableException(payload.Queue, payload.SizeBytes, problem);
        if (message.Queue is not { } queue)
            throw new MessageUndecodableException(payload.Queue, payload.SizeBytes, $"it is of the kind '{message.Kind}', which no queue takes");
        wakeUps.QueueReady(queue);
        return Task.FromResult(new Result(queue));
    }

    private static byte[]? Bytes(Payload payload)
    {
        try
        {
            return payload.Encoding == "base64" ? Convert.FromBase64String(payload.Body) : Encoding.UTF8.GetBytes(payload.Body);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}

/// <summary>Something that is no wake-up came to a queue of Penstock.</summary>
internal sealed class MessageUndecodableException(string queue, int sizeBytes, string problem) : PenstockException(
    "message-undecodable",
    $"A message of {sizeBytes} bytes in RabbitMQ's queue {queue} is no wake-up: {problem}. It held no job. Look who writes into Penstock's queues; then archive this.");
