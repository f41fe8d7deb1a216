// SPDX-License-Identifier: MIT
// Java's own validator, a parallel stream over the entries. ARCHIVE JOBS [NAMESPACE=]SCHEMA...
import java.io.File;
import java.io.InputStream;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.XMLConstants;
import javax.xml.parsers.SAXParserFactory;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamReader;
import javax.xml.transform.sax.SAXSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.XMLReader;
import org.xml.sax.helpers.DefaultHandler;

public class Peer {
    static final Map<String, String> files = new ConcurrentHashMap<>();
    static final Map<String, Schema> schemas = new ConcurrentHashMap<>();
    static final ThreadLocal<Map<String, Validator>> validators =
        ThreadLocal.withInitial(ConcurrentHashMap::new);

    static class Faults extends DefaultHandler {
        int errors;
        boolean fatal;
        @Override public void error(SAXParseException e) { errors++; }
        @Override public void fatalError(SAXParseException e) throws SAXException {
            fatal = true;
            throw e;
        }
    }

    static Schema compile(String file) {
        try {
            SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
            factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "file");
            return factory.newSchema(new File(file));
        } catch (SAXException e) {
            throw new RuntimeException(e);
        }
    }

    static String rootNamespace(ZipFile zip, ZipEntry entry) throws Exception {
        XMLInputFactory factory = XMLInputFactory.newInstance();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        try (InputStream in = zip.getInputStream(entry)) {
            XMLStreamReader reader = factory.createXMLStreamReader(in);
            while (!reader.isStartElement())
                reader.next();
            return reader.getNamespaceURI() == null ? "" : reader.getNamespaceURI();
        }
    }

    static XMLReader reader() throws Exception {
        SAXParserFactory factory = SAXParserFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
        factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
        return factory.newSAXParser().getXMLReader();
    }

    static String verdict(ZipFile zip, ZipEntry entry) {
        Faults faults = new Faults();
        try {
            String namespace = "";
            if (files.size() > 1 || !files.containsKey("")) {
                namespace = rootNamespace(zip, entry);
                if (!files.containsKey(namespace))
                    return "unmapped";
            }
            Schema schema = schemas.computeIfAbsent(namespace, key -> compile(files.get(key)));
            Validator validator = validators.get().computeIfAbsent(namespace,
                                                                   key -> schema.newValidator());
            validator.setErrorHandler(faults);
            XMLReader reader = reader();
            reader.setErrorHandler(faults);
            try (InputStream in = zip.getInputStream(entry)) {
                validator.validate(new SAXSource(reader, new InputSource(in)));
            }
            return faults.errors > 0 ? "invalid" : "valid";
        } catch (Exception e) {
            return "malformed";
        }
    }

    public static void main(String[] arguments) throws Exception {
        for (int i = 2; i < arguments.length; i++) {
            int equals = arguments[i].lastIndexOf('=');
            files.put(equals < 0 ? "" : arguments[i].substring(0, equals),
                      arguments[i].substring(equals + 1));
        }
        try (ZipFile zip = new ZipFile(arguments[0])) {
            List<? extends ZipEntry> entries = Collections.list(zip.entries());
            ForkJoinPool pool = new ForkJoinPool(Integer.parseInt(arguments[1]));
            List<String> lines = pool.submit(() -> entries.parallelStream()
                .filter(entry -> !entry.isDirectory())
                .map(entry -> entry.getName() + "\t" + verdict(zip, entry))
                .collect(Collectors.toList())).get();
            System.out.println(String.join("\n", lines));
        }
    }
}
