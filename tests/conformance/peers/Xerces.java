// SPDX-License-Identifier: MIT
// What the JDK's Xerces makes of the lines that assess_schemas.c describes.
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

public class Xerces {
    static class Faults extends DefaultHandler {
        String first;
        @Override public void error(SAXParseException e) {
            if (first == null)
                first = String.valueOf(e.getMessage());
        }
        @Override public void fatalError(SAXParseException e) { error(e); }
    }

    interface Work {
        void run(Faults faults) throws Exception;
    }

    static void answer(String what, Work work) {
        Faults faults = new Faults();
        try {
            work.run(faults);
        } catch (Exception | StackOverflowError e) {
            if (faults.first == null)
                faults.first = String.valueOf(e.getMessage());
        }
        String said = faults.first == null ? "" : faults.first.replaceAll("\\p{Cntrl}", " ");
        System.out.println(what + (faults.first == null ? " valid\t" : " invalid\t") + said);
    }

    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line; (line = in.readLine()) != null;) {
            String[] names = line.split("\t");
            Schema[] schema = new Schema[1];
            answer("schema", faults -> {
                SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
                factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "file");
                factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "file");
                factory.setErrorHandler(faults);
                schema[0] = factory.newSchema(new File(names[0]));
            });
            for (int i = 1; i < names.length; i++) {
                String name = names[i];
                if (schema[0] == null) {
                    System.out.println("instance refused\t");
                    continue;
                }
                answer("instance", faults -> {
                    Validator validator = schema[0].newValidator();
                    validator.setErrorHandler(faults);
                    validator.validate(new StreamSource(new File(name)));
                });
            }
        }
    }
}
