using System.Text.Json;
using Penstock.S3;

namespace Penstock.Chaos;

/// <summary>What a process of the experiment must know; worker processes get it as one argument.</summary>
/// <param name="Folder">Of journals and logs, and of the database if it is a file.</param>
internal sealed record Settings(string Folder, int Slots, int LeaseSeconds)
{
    /// <summary>A PostgreSQL connection string; empty: a SQLite file in the folder.</summary>
    public string Store { get; init; } = "";

    /// <summary>Address of a RabbitMQ broker; null: processes wake each other as the store has it.</summary>
    public Uri? Broker { get; init; }

    /// <summary>A bucket; null: no job stores files.</summary>
    public S3Options? Artifacts { get; init; }

    public string DatabaseFile => Path.Combine(Folder, "penstock.db");

    public string JournalOf(int worker) => Path.Combine(Folder, $"journal-{worker}.txt");

    public static Settings Read(string json) => JsonSerializer.Deserialize<Settings>(json)!;

    public string ToJson() => JsonSerializer.Serialize(this);
}
