namespace Penstock.Client.Proteins;

/// <summary>Sequences a user uploaded to be annotated.</summary>
public sealed record QuerySet(Guid Id, string Name, string? Description, DateTimeOffset CreatedAt, long EntryCount);

public sealed record QuerySetDetail(
    Guid Id, string Name, string? Description, DateTimeOffset CreatedAt, long EntryCount, IReadOnlyList<QuerySetEntry> Entries);

/// <param name="Accession">First word of the FASTA header.</param>
public sealed record QuerySetEntry(string Accession, long SequenceId, int Length);

public sealed record DeletedQuerySet(Guid Deleted, long EntriesDeleted);
