namespace Penstock.Proteins.Ontology;

/// <summary>The three parts of the Gene Ontology; the value is the letter used in annotation files.</summary>
public enum OntologyAspect
{
    BiologicalProcess = 'P',
    MolecularFunction = 'F',
    CellularComponent = 'C',
}
