import java.io.File;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.rdf4j.query.resultio.text.csv.SPARQLResultsCSVWriter;
import org.eclipse.rdf4j.repository.sail.SailRepository;
import org.eclipse.rdf4j.rio.nquads.NQuadsWriter;
import org.eclipse.rdf4j.sail.memory.MemoryStore;

/**
 * Loads a file into RDF4J, writes what was read as N-Quads, and the rows of each query as CSV.
 *
 * <p>{@code java -cp 'jars/*' Rdf4j.java FILE NQUADS [QUERY CSV]...}
 */
public class Rdf4j {
    public static void main(String[] words) throws Exception {
        var repository = new SailRepository(new MemoryStore());
        try (var connection = repository.getConnection()) {
            connection.add(new File(words[0]));
            try (OutputStream out = Files.newOutputStream(Path.of(words[1]))) {
                connection.export(new NQuadsWriter(out));
            }
            for (int i = 2; i < words.length; i += 2) {
                var query = connection.prepareTupleQuery(Files.readString(Path.of(words[i])));
                try (OutputStream out = Files.newOutputStream(Path.of(words[i + 1]))) {
                    query.evaluate(new SPARQLResultsCSVWriter(out));
                }
            }
        } finally {
            repository.shutDown();
        }
    }
}
